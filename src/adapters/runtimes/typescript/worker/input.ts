import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBResult } from '@duckdb/node-api'
import { quoteText } from '../../../../sql/quote.js'
import { columnReader } from './column-reader.js'
import type { ColumnReader } from './vector.js'

/** One chunk of an input as columns, in the order the input's columns have. */
export type Columns = Readonly<{ rows: number; names: readonly string[]; values: readonly unknown[][] }>

export type InputSource = Readonly<{
  instance: DuckDBInstance
  /** Asks Millrace for the files; called when reading begins. */
  files: () => Promise<readonly string[]>
  bigints: boolean
  onRows: (rows: number) => void
  signal: AbortSignal
}>

/** Reads the files of an input in order, one chunk ahead of the author. */
export class InputReader {
  private connection: DuckDBConnection | null = null
  private result: DuckDBResult | null = null
  private names: string[] = []
  private readers: ColumnReader[] = []
  private ahead: Promise<DuckDBDataChunk | null> | null = null
  private ended = false

  constructor(private readonly source: InputSource) {}

  /** The next columns, or null at the end. */
  async next(): Promise<Columns | null> {
    if (this.ended) return null
    this.source.signal.throwIfAborted()
    this.ahead ??= this.open()
    const chunk = await this.ahead
    if (this.ended || chunk === null || chunk.rowCount === 0) {
      await this.close()
      return null
    }
    this.ahead = this.fetch()
    const values = this.readers.map((read, index) => read(chunk, index, chunk.rowCount))
    this.source.onRows(chunk.rowCount)
    return { rows: chunk.rowCount, names: this.names, values }
  }

  /** For an author who stops reading early, too. */
  async close(): Promise<void> {
    this.ended = true
    await this.ahead?.catch(() => {})
    this.connection?.closeSync()
    this.connection = null
    this.result = null
  }

  private async open(): Promise<DuckDBDataChunk | null> {
    const files = await this.source.files()
    if (files.length === 0) return null
    this.connection = await this.source.instance.connect()
    const list = files.map(quoteText).join(', ')
    this.result = await this.connection.stream(`SELECT * FROM read_parquet([${list}])`)
    this.names = this.result.columnNames()
    this.readers = this.result
      .columnTypes()
      .map((type, index) => columnReader(this.names[index] as string, type, this.source.bigints))
    return this.fetch()
  }

  private fetch(): Promise<DuckDBDataChunk | null> {
    const next = this.result?.fetchChunk() ?? Promise.resolve(null)
    // Its failure is told when it is awaited.
    next.catch(() => {})
    return next
  }
}

type Row = Record<string, unknown>

/** Rows one by one. A row is an object of its own; authors may keep or change it. */
export function rowsOf(source: InputSource): AsyncIterable<Row> {
  return {
    [Symbol.asyncIterator]: () => {
      const reader = new InputReader(source)
      let make: RowMaker | null = null
      let columns: Columns | null = null
      let at = 0
      const next = async (): Promise<IteratorResult<Row>> => {
        columns = await reader.next()
        at = 0
        if (columns === null) return { done: true, value: undefined }
        make ??= rowMaker(columns.names)
        return { done: false, value: make(columns.values, at++) }
      }
      return {
        next: () =>
          columns !== null && make !== null && at < columns.rows
            ? Promise.resolve({ done: false, value: make(columns.values, at++) })
            : next(),
        return: async () => {
          columns = null
          await reader.close()
          return { done: true, value: undefined }
        },
      }
    },
  }
}

/** Columns, a few thousand rows at a time. */
export async function* batchesOf(source: InputSource): AsyncGenerator<{ rows: number; columns: Row }> {
  const reader = new InputReader(source)
  try {
    for (let next = await reader.next(); next !== null; next = await reader.next()) {
      const { rows, names, values } = next
      yield { rows, columns: Object.fromEntries(names.map((name, index) => [name, values[index]])) }
    }
  } finally {
    await reader.close()
  }
}

type RowMaker = (values: readonly unknown[][], row: number) => Row

/**
 * A function that makes rows with these names. Written as text so that all rows share one shape from their first
 * moment; filling an empty object name by name takes several times as long.
 */
function rowMaker(names: readonly string[]): RowMaker {
  const fields = names.map((name, index) => {
    const key = JSON.stringify(name)
    // In brackets only where it must be: as a plain key this one would set the prototype.
    return `${name === '__proto__' ? `[${key}]` : key}: values[${index}][row]`
  })
  // A cast: the text above makes just such a function.
  return new Function('values', 'row', `return { ${fields.join(', ')} }`) as RowMaker
}
