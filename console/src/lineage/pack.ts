/** A part of the picture that is connected with no other. */
export type Block = Readonly<{ width: number; height: number }>

/** Upper left corners of blocks set in lines from left to right, the highest and then the widest first. */
export function pack(
  blocks: readonly Block[],
  gap: number,
): Readonly<{ corners: readonly Readonly<{ x: number; y: number }>[]; width: number; height: number }> {
  const area = blocks.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0)
  // Twice as wide as high, like the frame it is shown in.
  const most = Math.max(Math.sqrt(area * 2), ...blocks.map(({ width }) => width))
  const corners = new Array<Readonly<{ x: number; y: number }>>(blocks.length)
  const order = blocks
    .map((_, index) => index)
    .sort((a, b) => blocks[b]!.height - blocks[a]!.height || blocks[b]!.width - blocks[a]!.width || a - b)
  let [x, y, line, widest] = [0, 0, 0, 0]
  for (const index of order) {
    const { width, height } = blocks[index]!
    if (x > 0 && x + width > most) [x, y, line] = [0, y + line + gap, 0]
    corners[index] = { x, y }
    x += width + gap
    line = Math.max(line, height)
    widest = Math.max(widest, x - gap)
  }
  return { corners, width: widest, height: y + line }
}
