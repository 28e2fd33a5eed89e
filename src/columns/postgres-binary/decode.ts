import { BATCH_ROWS, BATCH_TEXT_BYTES } from '../batch-limits.js'
import type { ColumnBatch } from '../column-batch.js'
import { type CopyField, createFieldDecoder, type FieldDecoder, wireWidth } from './decode-field.js'

/** Rows whose places are noted before their columns are decoded: about what one read of a socket brings. */
const NOTED_ROWS = 4096

/** The fixed part of the header: signature, flags, length of the extension. */
const HEADER_BYTES = 19

/**
 * Turns rows of `COPY … TO STDOUT (FORMAT binary)` into batches. `note` walks over a row and remembers where its
 * fields are; `decode` then reads column by column, each with a loop of its own kind. What lies in the bytes passed
 * to `note` must still be there when `decode` is called.
 */
export class CopyDecoder {
  private readonly fields: readonly FieldDecoder[]
  /** Bytes each field must have; 0: any number. */
  private readonly widths: Int32Array
  /** Place of each noted value, column after column; -1 for NULL. */
  private readonly places: Int32Array
  private noted = 0
  private rows = 0
  private headerSeen = false

  constructor(private readonly columns: readonly CopyField[]) {
    this.fields = columns.map(createFieldDecoder)
    this.widths = Int32Array.from(columns, wireWidth)
    this.places = new Int32Array(columns.length * NOTED_ROWS)
  }

  /** Notes the row that fills `view` from `at` to `end`. Header and trailer may come the same way. */
  note(view: DataView, at: number, end: number): void {
    let place = this.headerSeen ? at : this.skipHeader(view, at)
    if (place >= end) return
    const count = view.getInt16(place)
    place += 2
    if (count === -1 && place === end) return
    if (count !== this.fields.length) throw malformed(`${count} fields instead of ${this.fields.length}`)
    const { widths, places } = this
    for (let field = 0; field < count; field++) {
      const length = view.getInt32(place)
      place += 4
      const slot = field * NOTED_ROWS + this.noted
      if (length < 0) {
        places[slot] = -1
        continue
      }
      const width = widths[field] as number
      if (width !== 0 && width !== length)
        throw malformed(`${length} bytes in ${this.columns[field]?.name} instead of ${width}`)
      places[slot] = place
      place += length
    }
    if (place !== end) throw malformed(`a row ends at ${place} instead of ${end}`)
    this.noted++
  }

  /** True when noted rows must be decoded before another is noted. */
  get full(): boolean {
    return this.noted === NOTED_ROWS || this.rows + this.noted === BATCH_ROWS
  }

  /** Decodes the noted rows from the bytes they were noted in. Returns a batch when one is complete. */
  decode(bytes: Uint8Array, view: DataView): ColumnBatch | null {
    const { noted, places, rows } = this
    if (noted === 0) return null
    this.fields.forEach((field, index) => {
      field.decode(bytes, view, places.subarray(index * NOTED_ROWS, index * NOTED_ROWS + noted), rows)
    })
    this.noted = 0
    this.rows += noted
    return this.rows === BATCH_ROWS || this.textBytes() > BATCH_TEXT_BYTES ? this.finish() : null
  }

  /** The rows decoded since the last batch; null if there are none. */
  finish(): ColumnBatch | null {
    const { rows } = this
    if (rows === 0) return null
    this.rows = 0
    return { rows, vectors: this.fields.map((field) => field.finish(rows)) }
  }

  private textBytes(): number {
    return this.fields.reduce((sum, field) => sum + field.textBytes(), 0)
  }

  private skipHeader(view: DataView, at: number): number {
    if (view.getUint32(at) !== 0x5047434f) throw malformed('no signature')
    this.headerSeen = true
    return at + HEADER_BYTES + view.getInt32(at + HEADER_BYTES - 4)
  }
}

const malformed = (detail: string) => new Error(`unexpected bytes in a binary COPY: ${detail}`)
