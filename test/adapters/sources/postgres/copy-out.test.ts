import { PassThrough } from 'node:stream'
import type { Client, Connection } from 'pg'
import { describe, expect, it } from 'vitest'
import { copyOut } from '../../../../src/adapters/sources/postgres/copy-out.js'
import type { ColumnBatch } from '../../../../src/columns/column-batch.js'
import { encodeCopy } from '../../../../src/columns/postgres-binary/encode.js'

const message = (code: string, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(5)
  head.write(code)
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const TEXTS = ['', 'short', 'é😀', 'x'.repeat(300), null]
const ROWS = 40

/** What a server sends for a copy of `ROWS` rows: one message per row, the header before the first. */
async function serverBytes(complete = `COPY ${ROWS}\0`): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let row = 0; row < ROWS; row++) {
    const text = TEXTS[row % TEXTS.length] ?? null
    const bytes = Buffer.from(text ?? '')
    async function* one(): AsyncGenerator<ColumnBatch> {
      const nulls = Uint8Array.of(text === null ? 1 : 0)
      yield {
        rows: 1,
        vectors: [
          { kind: 'int32', values: Int32Array.of(row) },
          { kind: 'text', bytes, offsets: Int32Array.of(0, bytes.length), nulls },
        ],
      }
    }
    const chunks: Uint8Array[] = []
    for await (const chunk of encodeCopy(one(), ['integer', 'text'])) chunks.push(chunk)
    const [header, body] = chunks as [Uint8Array, Uint8Array]
    parts.push(message('d', row === 0 ? Buffer.concat([header, body]) : body))
    if (row === 7) parts.push(message('N', Buffer.from('a notice\0')))
  }
  return Buffer.concat([
    message('H', Buffer.from([1, 0, 2, 0, 1, 0, 1])),
    ...parts,
    message('d', Buffer.from([0xff, 0xff])),
    message('c', Buffer.alloc(0)),
    message('C', Buffer.from(complete)),
    message('Z', Buffer.from('I')),
  ])
}

/** Runs a copy on a socket that brings `bytes` in pieces of `size`. */
async function run(
  bytes: Buffer,
  size: number,
): Promise<{ rows: number; batches: ColumnBatch[]; rest: Buffer }> {
  const stream = new PassThrough()
  let rest = Buffer.alloc(0)
  let query: { handleCommandComplete(message: { text: string }): void } | null = null
  stream.on('data', (chunk: Buffer) => {
    const before = rest.length
    rest = Buffer.concat([rest, chunk])
    const end = rest.length > 5 ? 1 + rest.readUInt32BE(1) : Number.POSITIVE_INFINITY
    if (before < end && rest.length >= end)
      query?.handleCommandComplete({ text: rest.subarray(5, end - 1).toString() })
  })
  const connection = { stream, query() {} } as unknown as Connection
  const client = {
    query(submitted: typeof query & { submit(connection: Connection): void }) {
      query = submitted
      submitted.submit(connection)
    },
  } as unknown as Client
  const batches: ColumnBatch[] = []
  const fields = [
    { name: 'id', kind: 'int32' as const },
    { name: 'v', kind: 'text' as const },
  ]
  const rows = copyOut(client, 'select', fields, (batch) => {
    batches.push(batch)
    return Promise.resolve()
  })
  for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size))
  return { rows: await rows, batches, rest }
}

describe('a copy whose bytes come in pieces', () => {
  it.each([1, 2, 3, 5, 7, 64, 311, 100_000])('of %i bytes gives the same rows', async (size) => {
    const { rows, batches, rest } = await run(await serverBytes(), size)
    expect(rows).toBe(ROWS)
    const [batch] = batches
    const [ids, texts] = batch!.vectors
    if (ids?.kind !== 'int32' || texts?.kind !== 'text') throw new Error('other vectors')
    expect([...ids.values]).toEqual(Array.from({ length: ROWS }, (_, row) => row))
    const values = Array.from({ length: ROWS }, (_, row) =>
      texts.nulls?.[row]
        ? null
        : Buffer.from(texts.bytes.subarray(texts.offsets[row], texts.offsets[row + 1])).toString(),
    )
    expect(values).toEqual(Array.from({ length: ROWS }, (_, row) => TEXTS[row % TEXTS.length]))
    expect(rest[0]).toBe('C'.charCodeAt(0))
  })

  it('is refused when the server counts other rows than came', async () => {
    await expect(run(await serverBytes('COPY 41\0'), 64)).rejects.toThrow(
      'the server sent 41 rows, 40 arrived',
    )
  })
})
