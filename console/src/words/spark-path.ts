const MARGIN = 2.5

/** The path of a sparkline from zero or the lowest value up, with a hole at each gap, and where the last value is. */
export function sparkPath(
  values: readonly (number | null)[],
  width: number,
  height: number,
): { line: string; last: readonly [number, number] | null } {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value))
  if (known.length < 2) return { line: '', last: null }
  const low = Math.min(...known)
  const high = Math.max(...known)
  const x = (index: number) => round(MARGIN + (index / (values.length - 1)) * (width - 2 * MARGIN))
  const y = (value: number) =>
    round(high === low ? height / 2 : MARGIN + (1 - (value - low) / (high - low)) * (height - 2 * MARGIN))
  let line = ''
  let last: readonly [number, number] | null = null
  let drawing = false
  for (const [index, value] of values.entries()) {
    if (value === null || !Number.isFinite(value)) {
      drawing = false
      continue
    }
    last = [x(index), y(value)]
    line += `${drawing ? 'L' : 'M'}${last[0]} ${last[1]}`
    drawing = true
  }
  return { line, last }
}

const round = (value: number): number => Math.round(value * 10) / 10
