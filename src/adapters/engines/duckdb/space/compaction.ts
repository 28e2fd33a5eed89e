import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteName } from '../../../../sql/quote.js'
import type { Compaction } from '../../engine.js'
import { DATA_SCHEMA, qualified, WAREHOUSE } from '../statements/names.js'
import { inTransaction, interruptible, runAll } from '../statements/run-statement.js'
import type { Checkpoints } from './checkpoints.js'
import { type FileSpace, fileSpace } from './file-space.js'
import { readSpace, readTables, relationOf, type Table, type TableSpace } from './table-space.js'

/**
 * A file this many times as large as its rows need is worth work. Holes between tables are built into by the next run,
 * so they may stay until there is as much of them as of rows; less than the 2 that are promised, as needs change too.
 */
const WORTH_OF_HOLES = 1.8
/** Room of deleted rows inside of tables is used by nobody, and there is more of it with every run. */
const WORTH_OF_DEAD_ROWS = 1.4
/** In a file of at most this many blocks (16 MiB) single blocks weigh, and moving is cheap: it is kept tighter. */
const SMALL_BLOCKS = 64
const WORTH_OF_SMALL = 1.4
/** How far it is brought down then. */
const ENOUGH = 1.15
const LEAST_BLOCKS = 2
/** A table with more deleted rows than this is written anew for their sake alone. */
const MANY_DEAD = 0.1
/** A log longer than this part of the file is brought into it first, so that the sizes tell the truth. */
const LONG_LOG = 0.05
const MOST_ROUNDS = 4
/** If a process dies over it, the next one sweeps it away as it does all tables that nobody knows. */
const FILLING = 'millrace_filling'
const BYTES_OF_A_HASH = 8

type Need = Readonly<{
  file: FileSpace
  tables: readonly { table: Table; deadShare: number }[]
  blocks: number
}>

/**
 * Gives free space back to the disk. DuckDB cuts free blocks off the file's end only, so tables that lie there are
 * written anew into free blocks before them, and tables full of deleted rows without these. A table moves in a
 * transaction of its own, under its own name: a process that is killed meanwhile leaves the old or the new one,
 * and readers keep the one they began with.
 */
export class Compactor {
  /** Blocks in use when a reader kept old ones from being freed: until there are fewer, moving would only add to them. */
  private heldUsed = Number.POSITIVE_INFINITY

  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly isRead: (relation: string) => boolean,
  ) {}

  /** Null: it does not pay. */
  async compact(connection: DuckDBConnection, signal: AbortSignal): Promise<Compaction | null> {
    const before = await this.measure(connection)
    if (!isWorth(before, worth(before)) || before.file.used >= this.heldUsed) return null
    this.heldUsed = Number.POSITIVE_INFINITY
    let now = before
    let tables = 0
    let wasAtEnd = false
    for (let round = 0; round < MOST_ROUNDS && isWorth(now, ENOUGH); round++) {
      const wanted = await this.wanted(connection, now)
      const fitting = thatFit(wanted, free(now))
      const largest = wanted[0]
      if (fitting.length > 0) await this.move(connection, fitting, signal)
      else if (!largest || wasAtEnd) break
      else {
        await this.moveToEnd(connection, largest, now, signal)
        wasAtEnd = true
      }
      tables += fitting.length || 1
      const { used } = now.file
      now = await this.measure(connection)
      if (now.file.used > used + LEAST_BLOCKS) {
        this.heldUsed = now.file.used
        break
      }
    }
    if (tables === 0) return null
    const bytes = ({ file }: Need) => file.blocks * file.blockBytes
    return { bytesBefore: bytes(before), bytesAfter: bytes(now), tables }
  }

  private async measure(connection: DuckDBConnection): Promise<Need> {
    const rough = await fileSpace(connection)
    const isLong = rough.logBytes > rough.blocks * rough.blockBytes * LONG_LOG
    if (isLong) await this.checkpoints.run(connection)
    const file = isLong ? await fileSpace(connection) : rough
    const tables = await readTables(connection)
    const dying = tables.filter(({ deadShare }) => deadShare > MANY_DEAD)
    const dead = (await readSpace(connection, dying)).map(({ blocks, deadShare }) => blocks * deadShare)
    return { file, tables, blocks: dead.reduce((need, blocks) => need - blocks, file.used) }
  }

  /** Tables that lie too near to the end, or are full of deleted rows; the last first. */
  private async wanted(connection: DuckDBConnection, need: Need): Promise<readonly TableSpace[]> {
    const end = need.blocks * ENOUGH
    return (await readSpace(connection, need.tables))
      .filter(
        ({ table, last, deadShare }) => (last >= end || deadShare > MANY_DEAD) && !this.isRead(table.name),
      )
      .sort((a, b) => b.last - a.last)
  }

  private async move(
    connection: DuckDBConnection,
    moving: readonly TableSpace[],
    signal: AbortSignal,
    also: readonly string[] = [],
  ): Promise<void> {
    const statements = [...moving.flatMap(({ table }) => moveStatements(table)), ...also]
    await inTransaction(connection, signal, () => runAll(connection, statements, 'the warehouse'))
    await this.checkpoints.run(connection)
  }

  /**
   * For a table that is larger than the free blocks. Half in them and half at the end it could never come down whole,
   * so they are filled first, with rows that mean nothing, and it goes to the end. Then what it left is room enough.
   */
  private async moveToEnd(
    connection: DuckDBConnection,
    space: TableSpace,
    { file }: Need,
    signal: AbortSignal,
  ): Promise<void> {
    const filling = qualified(WAREHOUSE, DATA_SCHEMA, FILLING)
    const rows = Math.floor(((file.blocks - file.used) * file.blockBytes) / BYTES_OF_A_HASH)
    await interruptible(connection, signal, () =>
      connection.run(
        `create or replace table ${filling} as select hash(n) as nothing from range(${rows}) t(n)`,
      ),
    )
    await this.checkpoints.run(connection)
    await this.move(connection, [space], signal, [`drop table ${filling}`])
  }
}

/** As many as find room in free blocks, in their order. */
function thatFit(wanted: readonly TableSpace[], free: number): readonly TableSpace[] {
  let left = free
  return wanted.filter(({ blocks, deadShare }) => {
    const fits = blocks * (1 - deadShare) <= left
    if (fits) left -= blocks * (1 - deadShare)
    return fits
  })
}

const free = ({ file }: Need): number => file.blocks - file.used

/** Dead rows of less than this part of the file are no reason. */
const FEW_DEAD = 0.05

function worth({ file, blocks }: Need): number {
  if (file.blocks <= SMALL_BLOCKS) return WORTH_OF_SMALL
  return file.used - blocks > file.blocks * FEW_DEAD ? WORTH_OF_DEAD_ROWS : WORTH_OF_HOLES
}

const isWorth = ({ file, blocks }: Need, times: number): boolean =>
  file.blocks > blocks * times && file.blocks - blocks >= LEAST_BLOCKS

function moveStatements(table: Table): string[] {
  const copy = { ...table, name: `${table.name}__moved` }
  return [
    `create table ${relationOf(copy)} as from ${relationOf(table)}`,
    `drop table ${relationOf(table)}`,
    `alter table ${relationOf(copy)} rename to ${quoteName(table.name)}`,
  ]
}
