import { availableParallelism } from 'node:os'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Binder, BindRequest, BindResult } from '../../../../sql/bind.js'
import { connectionSetup } from '../connection/connections.js'
import { describe } from '../statements/describe.js'
import { driverFailure, failureOffset } from '../statements/failure.js'
import { mentionedNames, statementText } from '../statements/statement-text.js'
import { ScratchTables } from './scratch-tables.js'

let bindings = 0

/** Statements bound at the same time, each on a connection of its own: two a core, as each waits for this thread in between. */
const LANES = Math.min(8, 2 * availableParallelism())

type Statement = BindRequest['statements'][number]
/** A statement and every name in it that may be a table. */
type Mentioning = Readonly<{ statement: Statement; mentions: ReadonlySet<string> }>

/**
 * Binds statements against empty tables in a catalog of their own. A bound statement leaves an empty table behind
 * rather than a view: over a long chain of views each bind would bind all before it again.
 */
export function createBinder(instance: DuckDBInstance, timezone: string): Binder {
  return async (request) => {
    const catalog = `millrace_bind_${++bindings}`
    const setup = `${connectionSetup(timezone)}; pragma disable_optimizer`
    const connection = await instance.connect()
    const lanes: DuckDBConnection[] = []
    try {
      await connection.run(`${setup}; attach ':memory:' as ${catalog}; use ${catalog}`)
      while (lanes.length < LANES) {
        const lane = await instance.connect()
        lanes.push(lane)
        await lane.run(`${setup}; use ${catalog}`)
      }
      return await bindAll({ connection, lanes, tables: new ScratchTables(connection, catalog) }, request)
    } finally {
      for (const lane of lanes) lane.closeSync()
      await connection.run(`use memory; detach database if exists ${catalog}`).catch(() => undefined)
      connection.closeSync()
    }
  }
}

type Scratchpad = Readonly<{
  connection: DuckDBConnection
  lanes: readonly DuckDBConnection[]
  tables: ScratchTables
}>

async function bindAll(
  { connection, lanes, tables }: Scratchpad,
  { known, statements }: BindRequest,
): Promise<BindResult[]> {
  for (const { asset, columns } of known) tables.add(asset, columns)
  const failed = new Set<string>()
  const results: BindResult[] = []
  for (const wave of waves(statements)) {
    await tables.create(new Set(wave.flatMap(({ mentions }) => [...mentions])))
    const bound = await inLanes(lanes, wave, (lane, { statement }) =>
      describe(lane, statementText(statement.sql, statement.parameters).text).catch(() => null),
    )
    for (const [index, { statement, mentions }] of wave.entries()) {
      const { asset } = statement
      const broken = [...mentions].find((name) => failed.has(name) && name !== asset.toLowerCase())
      const columns = bound[index]
      let result: BindResult
      if (broken) result = notBound(asset, `It reads ${broken}, which cannot be bound.`)
      else if (columns) result = { asset, ok: true, columns }
      // Once more and alone, to be told what is wrong.
      else result = await bindOne(connection, tables, statement, mentions)
      results.push(result)
      if (result.ok) tables.add(asset, result.columns)
      else failed.add(asset.toLowerCase())
    }
  }
  return results
}

/** Cuts the statements, which are in order, where one mentions another since the last cut. */
function* waves(statements: readonly Statement[]): Generator<Mentioning[]> {
  let wave: Mentioning[] = []
  let names = new Set<string>()
  for (const statement of statements) {
    const mentions = mentionedNames(statement.sql)
    if ([...mentions].some((name) => names.has(name))) {
      yield wave
      wave = []
      names = new Set()
    }
    wave.push({ statement, mentions })
    names.add(statement.asset.toLowerCase())
  }
  if (wave.length > 0) yield wave
}

/** The results in the order of the items; each lane takes the next item as soon as it is free. */
async function inLanes<T>(
  lanes: readonly DuckDBConnection[],
  items: readonly Mentioning[],
  work: (lane: DuckDBConnection, item: Mentioning) => Promise<T>,
): Promise<T[]> {
  const results: T[] = []
  const waiting = items.entries()
  const run = async (lane: DuckDBConnection) => {
    for (const [index, item] of waiting) results[index] = await work(lane, item)
  }
  await Promise.all(lanes.map(run))
  return results
}

const notBound = (asset: string, message: string, offset: number | null = null): BindResult => ({
  asset,
  ok: false,
  message,
  offset,
})

async function bindOne(
  connection: DuckDBConnection,
  tables: ScratchTables,
  { asset, sql, parameters }: Statement,
  mentions: ReadonlySet<string>,
): Promise<BindResult> {
  const statement = statementText(sql, parameters)
  const attempt = async (): Promise<BindResult> => ({
    asset,
    ok: true,
    columns: await describe(connection, statement.text),
  })
  try {
    await tables.create(mentions)
    // Nearest names can only be told among tables that are there.
    return await attempt().catch(async (error: unknown) => {
      if (driverFailure(error).type !== 'Catalog' || !(await tables.createAll())) throw error
      return attempt()
    })
  } catch (error) {
    const failure = driverFailure(error)
    return notBound(asset, failure.message, failureOffset(failure, statement, ''))
  }
}
