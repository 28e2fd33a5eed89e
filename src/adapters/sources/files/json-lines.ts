import { isUtf8 } from 'node:buffer'

export type JsonLine = Readonly<{ text: string; line: number; isLast: boolean }>

const LF = 10

/**
 * Lines of a text, without their ends. `isLast`: it has no end.
 * @throws with the line's number where bytes are no UTF-8
 */
export async function* jsonLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<JsonLine> {
  let rest: Buffer[] = []
  let line = 0
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LF)
    if (end < 0) {
      rest.push(chunk)
      continue
    }
    const whole = Buffer.concat([...rest, chunk.subarray(0, end)])
    rest = [chunk.subarray(end + 1)]
    for (const text of decoded(whole, line).split('\n')) yield { text, line: ++line, isLast: false }
  }
  const last = decoded(Buffer.concat(rest), line)
  if (last !== '') yield { text: last, line: ++line, isLast: true }
}

function decoded(bytes: Buffer, linesBefore: number): string {
  if (isUtf8(bytes)) return bytes.toString()
  let line = linesBefore + 1
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(LF, start)
    if (end < 0 || !isUtf8(bytes.subarray(start, end)))
      throw new Error(`line ${line}: bytes that are no UTF-8, which NDJSON is written in`)
    start = end + 1
  }
}
