/** The bytes of a text column while rows arrive: one buffer that doubles, and the offset behind each row. */
export class GrowingBytes {
  bytes: Uint8Array
  readonly offsets: Int32Array
  length = 0

  constructor(rows: number, bytes = 1 << 16) {
    this.bytes = new Uint8Array(bytes)
    this.offsets = new Int32Array(rows + 1)
  }

  /** Makes room for `more` bytes behind `length`. The array may be another one afterwards. */
  reserve(more: number): Uint8Array {
    if (this.length + more > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more))
      grown.set(this.bytes.subarray(0, this.length))
      this.bytes = grown
    }
    return this.bytes
  }

  /** What was written, cut to `rows`. */
  finish(rows: number): { bytes: Uint8Array; offsets: Int32Array } {
    return { bytes: this.bytes.subarray(0, this.length), offsets: this.offsets.subarray(0, rows + 1) }
  }
}
