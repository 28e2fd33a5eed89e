/** Bytes that hold whole rows of a binary COPY: row `i` fills `[at[i], at[i + 1])`. */
export type CompleteRows = Readonly<{ bytes: Buffer; view: DataView; at: readonly number[] }>

const HEADER_BYTES = 19

/** Cuts the chunks of a socket, which end anywhere, into whole rows. The header comes as part of the first row. */
export async function* completeRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<CompleteRows> {
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const at = rowStarts(bytes, isFirst ? HEADER_BYTES : 0)
    if (at.length < 2) {
      rest = bytes
      continue
    }
    rest = bytes.subarray(at.at(-1))
    if (isFirst) at[0] = 0
    isFirst = false
    yield { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at }
  }
}

/** Where whole rows begin, and last where the first incomplete one does; one number where no row is whole. */
function rowStarts(bytes: Buffer, from: number): number[] {
  const starts = [from]
  for (let end = rowEnd(bytes, from); end >= 0; end = rowEnd(bytes, end)) starts.push(end)
  return starts
}

/** -1 where the row is not whole, and for the trailer. */
function rowEnd(bytes: Buffer, start: number): number {
  if (start + 2 > bytes.length) return -1
  const fields = bytes.readInt16BE(start)
  if (fields < 0) return -1
  let at = start + 2
  for (let field = 0; field < fields; field++) {
    if (at + 4 > bytes.length) return -1
    const length = bytes.readInt32BE(at)
    at += 4 + Math.max(length, 0)
    if (at > bytes.length) return -1
  }
  return at
}
