import { join } from 'node:path'
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBInstance,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api'
import type { Column } from '../../../../domain/column.js'
import { quoteName, quoteText } from '../../../../sql/quote.js'
import { CHUNK_ROWS, type ColumnWriter, columnWriter } from './column-writer.js'
import { RowFault } from './faults.js'
import { isTextual } from './fit.js'
import { show } from './traces.js'
import { Unfit } from './unfit.js'

/** Rows and bytes that make a file. Two files' worth is in memory at most: one gathered, one being written. */
const FILE_ROWS = 122_880
const FILE_BYTES = 16 * 1024 * 1024

type Output = Column & Readonly<{ declared: DuckDBType; writer: ColumnWriter }>

/** Takes the rows an author yields, judges them against the declared columns, writes them as Parquet files. */
export class RowWriter {
  private readonly files: string[] = []
  private appender: DuckDBAppender | null = null
  private writing: Promise<void> = Promise.resolve()
  private inChunk = 0
  private inFile = 0
  private bytes = 0
  private total = 0

  private constructor(
    private readonly appending: DuckDBConnection,
    private readonly copying: DuckDBConnection,
    private readonly outputs: readonly Output[],
    private readonly folder: string,
  ) {}

  static async open(
    instance: DuckDBInstance,
    columns: readonly Column[],
    folder: string,
  ): Promise<RowWriter> {
    const [appending, copying] = await Promise.all([instance.connect(), instance.connect()])
    const outputs: Output[] = []
    for (const column of columns) {
      const declared = (await appending.run(`SELECT NULL::${column.type}`)).columnType(0)
      outputs.push({ ...column, declared, writer: columnWriter(declared) })
    }
    return new RowWriter(appending, copying, outputs, folder)
  }

  get rows(): number {
    return this.total
  }

  /** Enough is gathered: `flush` before more is added. */
  get full(): boolean {
    return this.inFile + this.inChunk >= FILE_ROWS || this.bytes >= FILE_BYTES
  }

  /** @throws RowFault */
  add(row: unknown): void {
    const number = this.total + 1
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw new RowFault(number, '', `${show(row)} is not an object`)
    if (row instanceof Promise) throw new RowFault(number, '', 'it is a promise, which needs an await')
    // A cast: any object can be asked for any name.
    this.fill(row as Readonly<Record<string, unknown>>, number)
    this.total = number
    this.inChunk++
  }

  /** A chunk is complete: `store` before the next row. */
  get chunkFull(): boolean {
    return this.inChunk === CHUNK_ROWS
  }

  private fill(row: Readonly<Record<string, unknown>>, number: number): void {
    const { outputs, inChunk } = this
    for (let index = 0; index < outputs.length; index++) {
      const output = outputs[index] as Output
      try {
        this.bytes += output.writer.set(row[output.name], inChunk)
      } catch (error) {
        if (!(error instanceof Unfit)) throw error
        const other = row[output.name] === undefined ? this.unknownField(row) : undefined
        const also = other === undefined ? '' : `; it has ${other}, which columns: does not declare`
        throw new RowFault(number, output.name + error.path, error.message + also)
      }
    }
    let fields = 0
    for (const _name in row) fields++
    if (fields !== outputs.length) this.refuseUnknown(row, number)
  }

  private refuseUnknown(row: Readonly<Record<string, unknown>>, number: number): void {
    const unknown = this.unknownField(row)
    if (unknown !== undefined)
      throw new RowFault(
        number,
        unknown,
        `columns: declares no such column, and this is ${show(row[unknown])}`,
      )
  }

  private unknownField(row: Readonly<Record<string, unknown>>): string | undefined {
    return Object.keys(row).find((name) => !this.outputs.some((output) => output.name === name))
  }

  /** Stores the chunk that is complete. */
  async store(): Promise<void> {
    if (this.inChunk === 0) return
    this.appender ??= await this.openTable()
    const chunk = DuckDBDataChunk.create(
      this.outputs.map(({ writer }) => writer.type),
      this.inChunk,
    )
    for (const [index, { writer }] of this.outputs.entries()) writer.write(chunk, index, this.inChunk)
    this.appender.appendDataChunk(chunk)
    this.inFile += this.inChunk
    this.inChunk = 0
  }

  /** Begins a file with what is gathered; waits for the one before. */
  async flush(): Promise<void> {
    await this.store()
    await this.writing
    if (this.appender === null) return
    this.appender.closeSync()
    this.appender = null
    const first = this.total - this.inFile
    this.writing = this.writeFile(this.tableName(), first)
    // Its failure is told by whoever awaits it next.
    this.writing.catch(() => {})
    this.inFile = 0
    this.bytes = 0
  }

  /** Writes the rest. There is one file at least, so that no rows still have columns. */
  async finish(): Promise<readonly string[]> {
    await this.store()
    if (this.files.length === 0) this.appender ??= await this.openTable()
    await this.flush()
    await this.writing
    return this.files
  }

  close(): void {
    this.appending.closeSync()
    this.copying.closeSync()
  }

  private tableName(): string {
    return `rows_${this.files.length % 2}`
  }

  private async openTable(): Promise<DuckDBAppender> {
    const columns = this.outputs.map(({ writer }, index) => `c${index} ${writer.type}`)
    await this.appending.run(`CREATE OR REPLACE TABLE ${this.tableName()} (${columns.join(', ')})`)
    return this.appending.createAppender(this.tableName())
  }

  private async writeFile(table: string, firstRow: number): Promise<void> {
    const path = join(this.folder, `rows-${String(this.files.length).padStart(5, '0')}.parquet`)
    this.files.push(path)
    await this.judgeTexts(table, firstRow)
    const columns = this.outputs.map(
      (output, index) => `${carried(output, index)} AS ${quoteName(output.name)}`,
    )
    await this.copying.run(
      `COPY (SELECT ${columns.join(', ')} FROM ${table}) TO ${quoteText(path)} (FORMAT parquet)`,
    )
    await this.copying.run(`DROP TABLE ${table}`)
  }

  private async judgeTexts(table: string, firstRow: number): Promise<void> {
    for (const [index, { name, type, declared }] of this.outputs.entries()) {
      if (!isTextual(declared)) continue
      const found = await this.copying.runAndReadAll(
        `SELECT rowid, c${index} FROM ${table} WHERE c${index} IS NOT NULL AND try_cast(c${index} AS ${type}) IS NULL LIMIT 1`,
      )
      const [row] = found.getRows()
      if (row) throw new RowFault(firstRow + Number(row[0]) + 1, name, `${show(row[1])} is no ${type}`)
    }
  }
}

/** Parquet has no 128-bit integers: DuckDB would make doubles of them. Their text keeps every digit. */
function carried({ declared }: Output, index: number): string {
  const wide = declared.typeId === DuckDBTypeId.HUGEINT || declared.typeId === DuckDBTypeId.UHUGEINT
  return wide ? `c${index}::VARCHAR` : `c${index}`
}
