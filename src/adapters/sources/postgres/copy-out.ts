import type { Duplex } from 'node:stream'
import type { Client, Connection } from 'pg'
import type { ColumnBatch } from '../../../columns/column-batch.js'
import { CopyDecoder } from '../../../columns/postgres-binary/decode.js'
import type { CopyField } from '../../../columns/postgres-binary/decode-field.js'

/** Message codes of the protocol that matter here. */
const COPY_DATA = 0x64
const COPY_DONE = 0x63
const COPY_OUT_RESPONSE = 0x48
const NOTICE = 0x4e
const PARAMETER_STATUS = 0x53
const NOTIFICATION = 0x41

const HEADER_BYTES = 5

/**
 * Runs `COPY (select) TO STDOUT (FORMAT binary)` and sends its rows as batches. Reading stops while `send` is
 * pending. Resolves to the number of rows, which is what the server says it sent.
 */
export function copyOut(
  client: Client,
  select: string,
  fields: readonly CopyField[],
  send: (batch: ColumnBatch) => Promise<void>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    client.query(
      new CopyOutQuery(`copy (${select}) to stdout (format binary)`, fields, send, resolve, reject),
    )
  })
}

/**
 * Reads the socket itself while the copy lasts: pg's own parser would make an object of every row. The protocol
 * sends one message per row, so a row never has to be put together from pieces.
 */
class CopyOutQuery {
  private readonly decoder: CopyDecoder
  private stream: Duplex | null = null
  /** pg's own listener, put back for what follows the rows. */
  private parser: ((chunk: Buffer) => void) | null = null
  private handedBack = false
  /** The beginning of a message that is not whole. */
  private kept: Buffer[] = []
  private keptBytes = 0
  /** Bytes that must be there before the next message is whole. */
  private wanted = HEADER_BYTES
  private rows = 0
  private sending: Promise<void> = Promise.resolve()

  constructor(
    private readonly text: string,
    fields: readonly CopyField[],
    private readonly send: (batch: ColumnBatch) => Promise<void>,
    private readonly resolve: (rows: number) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.decoder = new CopyDecoder(fields)
  }

  submit(connection: Connection): void {
    this.stream = connection.stream
    // pg attaches exactly one listener of this shape.
    this.parser = this.stream.listeners('data')[0] as (chunk: Buffer) => void
    this.stream.removeListener('data', this.parser)
    this.stream.on('data', this.onData)
    connection.query(this.text)
  }

  private readonly onData = (chunk: Buffer): void => {
    try {
      const rest = this.complete(chunk)
      if (rest.length === 0) return
      if (this.handedBack) this.parser?.(rest)
      else this.keep(this.read(rest))
    } catch (error) {
      this.reject(error)
      this.stream?.destroy()
    }
  }

  /** Completes the message that began in earlier chunks, and returns what comes after it. */
  private complete(chunk: Buffer): Buffer {
    let rest = chunk
    while (this.keptBytes > 0 && rest.length > 0 && !this.handedBack) {
      const missing = Math.min(this.wanted - this.keptBytes, rest.length)
      this.kept.push(rest.subarray(0, missing))
      this.keptBytes += missing
      rest = rest.subarray(missing)
      // Only a small message is copied together, not the whole chunk: garbage would cost more than decoding.
      if (this.keptBytes === this.wanted) this.keep(this.read(Buffer.concat(this.kept, this.keptBytes)))
    }
    return rest
  }

  /** Reads whole messages; returns the bytes of the one that is not. */
  private read(bytes: Buffer): Buffer {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const { decoder } = this
    let at = 0
    this.wanted = HEADER_BYTES
    while (at + HEADER_BYTES <= bytes.length) {
      const code = bytes[at] as number
      const end = at + 1 + view.getUint32(at + 1)
      if (code !== COPY_DATA && !isSkipped(code)) {
        this.emit(decoder.decode(bytes, view))
        this.handBack(bytes.subarray(at))
        return EMPTY
      }
      if (end > bytes.length) {
        this.wanted = end - at
        break
      }
      if (code === COPY_DATA) {
        decoder.note(view, at + HEADER_BYTES, end)
        if (decoder.full) this.emit(decoder.decode(bytes, view))
      }
      at = end
    }
    this.emit(decoder.decode(bytes, view))
    return bytes.subarray(at)
  }

  private keep(rest: Buffer): void {
    this.kept = rest.length > 0 ? [rest] : []
    this.keptBytes = rest.length
  }

  private emit(batch: ColumnBatch | null): void {
    if (batch === null) return
    const stream = this.stream as Duplex
    this.rows += batch.rows
    stream.pause()
    const sent = this.send(batch)
    this.sending = sent
    const next = () => {
      if (this.sending === sent) stream.resume()
    }
    sent.then(next, (error) => {
      this.reject(error)
      stream.destroy()
    })
  }

  /** Gives the socket back to pg, from the first message that is not the copy's. */
  private handBack(rest: Buffer): void {
    const { stream, parser } = this
    if (!stream || !parser) return
    this.handedBack = true
    stream.removeListener('data', this.onData)
    stream.on('data', parser)
    parser(rest)
  }

  handleError(error: Error): void {
    this.reject(error)
  }

  handleCommandComplete(message: { text?: string }): void {
    this.finish(message).then(this.resolve, this.reject)
  }

  private async finish(message: { text?: string }): Promise<number> {
    const last = this.decoder.finish()
    if (last) this.emit(last)
    await this.sending
    const announced = Number(/^COPY (\d+)/.exec(message.text ?? '')?.[1])
    if (announced !== this.rows) throw new Error(`the server sent ${announced} rows, ${this.rows} arrived`)
    return this.rows
  }

  handleReadyForQuery(): void {}
}

const EMPTY = Buffer.alloc(0)

/** Messages that come before and between rows and say nothing about them. */
function isSkipped(code: number): boolean {
  switch (code) {
    case COPY_OUT_RESPONSE:
    case COPY_DONE:
    case NOTICE:
    case PARAMETER_STATUS:
    case NOTIFICATION:
      return true
    default:
      return false
  }
}
