import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { MillraceError } from '../../../../base/errors.js'
import type { AssetName } from '../../../../domain/asset.js'
import type { Column } from '../../../../domain/column.js'
import type { Interval } from '../../../../domain/interval.js'
import { quoteQualified } from '../../../../sql/quote.js'
import type {
  BuildRequest,
  Candidate,
  IngestRequest,
  InputRequest,
  InRanges,
  InRangesRequest,
  QuarantinedRequest,
  QuarantineRequest,
  QueryResult,
  RowChange,
  Rows,
  ScanRequest,
  StatementWatch,
  Workspace,
} from '../../engine.js'
import { Connections, connectionSetup } from '../connection/connections.js'
import { withPeakMemory } from '../connection/memory-watch.js'
import type { RelationsInUse } from '../connection/relations-in-use.js'
import { readRows } from '../query/read-rows.js'
import { altersQuarantine, setAside } from '../release/quarantine.js'
import { engineFailure } from '../statements/failure.js'
import { columnList, dataRelation, setAsideTable } from '../statements/names.js'
import { inTransaction, interruptible, runAll } from '../statements/run-statement.js'
import { statementText } from '../statements/statement-text.js'
import { buildTable } from './build.js'
import { readCandidate } from './candidate.js'
import { alters, changedRanges, extentOf, touchedRanges } from './event-time.js'
import { keepInRanges } from './in-ranges.js'
import { ingestTable } from './ingest.js'
import { quarantinedRows } from './quarantined.js'
import { RunNames } from './run-names.js'
import { StatementNames } from './statement-names.js'
import { writeInputFiles } from './write-parquet.js'

/** What a workspace shares with its engine. */
export type WorkspaceContext = Readonly<{
  instance: DuckDBInstance
  timezone: string
  inUse: RelationsInUse
  /** Rows of candidates, kept so that a release need not count them. */
  candidateRows: Map<string, number>
  monitors: Connections
  drop: (relations: ReadonlySet<string>) => Promise<number>
  onClose: (workspace: Workspace) => void
}>

let opened = 0

/** Opens the names of a run: a catalog in memory that the run's connections look into first. */
export async function openWorkspace(run: number, context: WorkspaceContext): Promise<Workspace> {
  const catalog = `millrace_run_${run}_${++opened}`
  const setup = connectionSetup(context.timezone)
  const naming = await context.instance.connect()
  await naming.run(`${setup}; attach ':memory:' as ${catalog}; use ${catalog}`)
  const connections = new Connections(context.instance, `${setup}; use ${catalog}`)
  return new DuckDbWorkspace(run, catalog, naming, connections, context)
}

class DuckDbWorkspace implements Workspace {
  private readonly names: RunNames
  /** Candidates with rows set aside: a second try at a step must not keep those of the first. */
  private readonly withSetAside = new Set<string>()
  private readonly candidates = new Set<string>()
  private readonly statementNames: StatementNames
  private closed = false

  constructor(
    private readonly run: number,
    private readonly catalog: string,
    private readonly naming: DuckDBConnection,
    private readonly connections: Connections,
    private readonly context: WorkspaceContext,
  ) {
    this.names = new RunNames(catalog, naming)
    this.statementNames = new StatementNames(catalog, this.names)
  }

  async define(asset: AssetName, rows: Rows): Promise<void> {
    this.noteUse(rows)
    this.names.define(asset, rows)
  }

  build(request: BuildRequest, watch: StatementWatch, signal: AbortSignal): Promise<Candidate> {
    return this.make(request.asset, request.relation, async (connection) => {
      for (const sql of [request.sql].flat()) await this.names.prepare(sql)
      return buildTable(connection, request, watch, signal)
    })
  }

  ingest(request: IngestRequest, watch: StatementWatch, signal: AbortSignal): Promise<Candidate> {
    return this.make(request.asset, request.relation, (connection) =>
      ingestTable(connection, request, watch, signal),
    )
  }

  keepInRanges(request: InRangesRequest, signal: AbortSignal): Promise<InRanges> {
    const { asset, candidate } = request
    return this.connections.attempt(asset, signal, async (connection) => {
      const kept = await interruptible(connection, signal, () => keepInRanges(connection, request, signal))
      this.context.candidateRows.set(candidate.relation, kept.candidate.rows)
      return kept
    })
  }

  async touchedRanges(request: {
    candidate: Candidate
    timeColumn: string
    change: RowChange
  }): Promise<Interval[]> {
    const { candidate, timeColumn, change } = request
    return this.connections.attempt(candidate.relation, undefined, (connection) =>
      touchedRanges(connection, change, candidate.columns, timeColumn),
    )
  }

  alters(request: { asset: AssetName; change: RowChange; columns: readonly Column[] }): Promise<boolean> {
    const { asset, change, columns } = request
    return this.connections.attempt(
      asset,
      undefined,
      async (connection) =>
        (await alters(connection, change, columns)) ||
        (this.withSetAside.has(change.candidate) &&
          (await altersQuarantine(connection, { asset, change, columns }))),
    )
  }

  async extent({ asset, timeColumn }: { asset: AssetName; timeColumn: string }): Promise<Interval[]> {
    return this.connections.attempt(asset, undefined, async (connection) => {
      await this.names.ensure([asset])
      return extentOf(connection, quoteQualified(asset), timeColumn)
    })
  }

  async changedRanges(request: {
    candidate: Candidate
    live: string
    timeColumn: string | null
  }): Promise<{ same: boolean; ranges: Interval[] }> {
    const { relation, columns } = request.candidate
    return this.connections.attempt(relation, undefined, (connection) =>
      changedRanges(connection, { ...request, candidate: relation, columns }),
    )
  }

  async quarantine(request: QuarantineRequest): Promise<{ rows: number }> {
    const { asset, candidate, names = {}, parameters = {} } = request
    const rules = request.rules.map((rule) => ({
      ...rule,
      rowIds: statementText(rule.rowIds, parameters).text,
    }))
    for (const { rowIds } of rules) await this.names.prepare(rowIds)
    const rows = await this.connections.attempt(asset, undefined, async (connection) => {
      const view = `select rowid, ${columnList(candidate.columns)} from ${dataRelation(candidate.relation)}`
      await runAll(connection, await this.statementNames.give(connection, names, [['this', view]]), asset)
      return await inTransaction(connection, undefined, () => setAside(connection, { ...request, rules }))
    })
    if (rows > 0) this.withSetAside.add(candidate.relation)
    this.context.candidateRows.delete(candidate.relation)
    return { rows }
  }

  async quarantined(request: QuarantinedRequest, signal: AbortSignal) {
    await this.names.prepare(request.condition)
    return this.connections.attempt(request.asset, signal, async (connection) => {
      try {
        return await interruptible(connection, signal, () => quarantinedRows(connection, request))
      } catch (error) {
        if (signal.aborted) throw signal.reason
        const failure = engineFailure(error, { asset: request.asset })
        // The asset had other columns when these rows were set aside: there is nothing to compare.
        if (failure instanceof MillraceError && failure.code === 'ENGINE_STATEMENT_FAILED')
          return { rows: 0, ranges: [] }
        throw failure
      }
    })
  }

  async scan({ names, sql, parameters }: ScanRequest, signal: AbortSignal): Promise<QueryResult> {
    const statement = statementText(sql, parameters)
    const subject = 'a check'
    await this.names.prepare(sql)
    return this.connections.attempt(subject, signal, async (connection) => {
      const text = [...(await this.statementNames.give(connection, names)), statement.text].join(';\n')
      try {
        return await interruptible(connection, signal, () => readRows(connection, text))
      } catch (error) {
        if (signal.aborted) throw signal.reason
        throw engineFailure(error, { asset: subject, statement })
      }
    })
  }

  async writeInput(request: InputRequest, signal: AbortSignal): Promise<readonly string[]> {
    return this.connections.attempt(request.asset, signal, async (connection) => {
      await this.names.ensure([request.asset])
      const relation = quoteQualified(request.asset)
      return interruptible(connection, signal, () => writeInputFiles(connection, relation, request))
    })
  }

  async discard(keep: ReadonlySet<string>): Promise<number> {
    const done = new Set([...this.candidates].filter((relation) => !keep.has(relation)))
    this.context.inUse.forget(this)
    return done.size === 0 ? 0 : this.context.drop(done)
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    this.context.onClose(this)
    this.context.inUse.forget(this)
    for (const relation of this.candidates) this.context.candidateRows.delete(relation)
    this.connections.close()
    await this.naming.run(`use memory; detach database if exists ${this.catalog}`).catch(() => undefined)
    this.naming.closeSync()
  }

  /** Builds a candidate's table and reads back what the port tells of it. */
  private async make(
    asset: AssetName,
    relation: string,
    build: (connection: DuckDBConnection) => Promise<number>,
  ): Promise<Candidate> {
    this.context.inUse.add(this, this.run, relation)
    this.candidates.add(relation)
    return this.connections.use(async (connection) => {
      if (this.withSetAside.delete(relation))
        await connection.run(`drop table if exists ${setAsideTable(relation)}`)
      const work = () => build(connection)
      const { result: rows, peakMemoryBytes } = await withPeakMemory(this.context.monitors, work)
      this.context.candidateRows.set(relation, rows)
      try {
        return await readCandidate(connection, relation, rows, peakMemoryBytes)
      } catch (error) {
        throw engineFailure(error, { asset })
      }
    })
  }

  private noteUse(rows: Rows): void {
    const relations =
      rows.kind === 'relation'
        ? [rows.relation]
        : rows.kind === 'changed'
          ? [rows.change.candidate, rows.change.live]
          : []
    for (const relation of relations) if (relation !== null) this.context.inUse.add(this, this.run, relation)
  }
}
