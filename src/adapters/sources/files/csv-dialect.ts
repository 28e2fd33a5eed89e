import type { CsvOptions } from './csv-options.js'
import { type CsvDialect, CsvTokenizer } from './csv-tokenizer.js'

const DELIMITERS = [',', ';', '\t', '|']
/** Rows of the head that decide. */
const SAMPLE_ROWS = 200

/**
 * How a file is cut into rows and fields: as the options say, the rest from its first bytes. A first line `sep=;`,
 * which spreadsheets write, says it too.
 */
export function csvDialect(head: Buffer, options: CsvOptions): CsvDialect {
  const quote = options.quote ?? '"'
  const dialect = {
    quote: byteOf(quote),
    escape: byteOf(options.escape || quote),
    crLines: hasCrLines(head, byteOf(quote)),
    comment: byteOf(options.comment ?? ''),
    skip: options.skip,
  }
  if (options.delimiter !== undefined) return { ...dialect, delimiter: byteOf(options.delimiter) }
  const said = /^"?sep=([ -~\t])"?[\r\n]/i.exec(head.toString('latin1', 0, 16))
  if (said && options.skip === 0) return { ...dialect, skip: 1, delimiter: byteOf(said[1] as string) }
  const candidates = DELIMITERS.map((delimiter) => {
    const candidate = { ...dialect, delimiter: byteOf(delimiter) }
    return { candidate, ...evenness(head, candidate) }
  })
  const best = candidates.reduce((a, b) =>
    b.share > a.share || (b.share === a.share && b.fields > a.fields) ? b : a,
  )
  return best.share > 0.5 ? best.candidate : { ...dialect, delimiter: byteOf(',') }
}

/** A file with any LF outside quotes has lines that end with it; CR is then at most a part of the line end. */
function hasCrLines(head: Buffer, quote: number): boolean {
  if (!head.includes(13)) return false
  let isQuoted = false
  let hasCr = false
  for (const byte of head) {
    if (byte === quote) isQuoted = !isQuoted
    else if (byte === 10 && !isQuoted) return false
    else if (byte === 13 && !isQuoted) hasCr = true
  }
  return hasCr
}

const byteOf = (text: string): number => (text === '' ? -1 : text.charCodeAt(0))

/** The commonest number of fields, if it is more than one, and the share of rows that have it. */
function evenness(head: Buffer, dialect: CsvDialect): { fields: number; share: number } {
  const counts = new Map<number, number>()
  let rows = 0
  class Enough extends Error {}
  const tokenizer = new CsvTokenizer(dialect, {
    onRow: ({ fields }) => {
      counts.set(fields, (counts.get(fields) ?? 0) + 1)
      if (++rows === SAMPLE_ROWS) throw new Enough()
    },
    onFault: () => {
      throw new Enough()
    },
  })
  try {
    tokenizer.push(head)
    if (rows < 2 && tokenizer.tail()?.isOpen === false) tokenizer.takeTail()
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  const [fields, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])
  return fields > 1 ? { fields, share: count / rows } : { fields, share: 0 }
}
