/**
 * Cuts a stream of text into lines. A line longer than `maxChars` is handed on cut off, with the number of
 * characters that are missing, so that text without line ends cannot fill the memory.
 */
export class LineSplitter {
  private pending = ''
  private missing = 0

  constructor(
    private readonly maxChars: number,
    private readonly onLine: (line: string, missingChars: number) => void,
  ) {}

  push(text: string): void {
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.keep(text, from, end)
      this.emit()
      from = end + 1
    }
    this.keep(text, from, text.length)
  }

  /** Hands on what came after the last line end. */
  flush(): void {
    if (this.pending !== '') this.emit()
  }

  private keep(text: string, from: number, to: number): void {
    const room = Math.min(to - from, this.maxChars - this.pending.length)
    this.pending += text.slice(from, from + room)
    this.missing += to - from - room
  }

  private emit(): void {
    const line = this.pending.endsWith('\r') ? this.pending.slice(0, -1) : this.pending
    const missing = this.missing
    this.pending = ''
    this.missing = 0
    this.onLine(line, missing)
  }
}
