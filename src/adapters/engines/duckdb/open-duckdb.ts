import { stat } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { createLimit } from '../../../base/limit.js'
import type { Logger } from '../../../base/log.js'
import type { ColumnBatch } from '../../../columns/column-batch.js'
import type { Binder } from '../../../sql/bind.js'
import type { SqlParser } from '../../../sql/parse.js'
import type {
  Changes,
  ChangesRequest,
  Compaction,
  CompareRequest,
  Comparison,
  Engine,
  EngineCapabilities,
  EngineStatistics,
  LedgerEntry,
  QueryRequest,
  QueryResult,
  ReadRequest,
  ReleaseOutcome,
  ReleaseRequest,
  Workspace,
} from '../engine.js'
import type { TenantCopies, TenantCopiesRequest } from '../tenant-copies.js'
import { openWorkspace } from './build/workspace.js'
import { writeParquetFile } from './build/write-parquet.js'
import { registerBatches } from './columns/ingest-columns.js'
import { Connections, connectionSetup } from './connection/connections.js'
import { RelationsInUse } from './connection/relations-in-use.js'
import { createSchemas } from './connection/schema.js'
import { openShared, type SharedInstance } from './connection/shared-instance.js'
import { createBinder } from './query/bind.js'
import { engineGauge, MemoryShare, queryBytes } from './query/memory-share.js'
import { createParser } from './query/parse.js'
import { runQuery } from './query/query.js'
import { readRows } from './query/read-rows.js'
import { withinTime } from './query/within-time.js'
import { openChanges, streamColumns } from './release/changes.js'
import { compareRows } from './release/compare.js'
import { readHighest, readLedger } from './release/ledger.js'
import { Outboxes } from './release/outbox.js'
import { releaseChanges } from './release/release.js'
import { sweepTables } from './release/sweep.js'
import { Checkpoints } from './space/checkpoints.js'
import { Compactor } from './space/compaction.js'
import { bytesOf } from './space/file-space.js'
import { engineFailure } from './statements/failure.js'
import { changesTable, columnList, nameList, readerView } from './statements/names.js'
import { affectedRows, interruptible } from './statements/run-statement.js'
import { openTenantCopies } from './tenants/tenant-copies.js'

export type DuckDbOptions = Readonly<{
  /** The warehouse file; its folder is made if it is not there. */
  path: string
  /** DuckDB's spelling: `4GB`. Missing: half of the machine's memory. */
  memoryLimit?: string
  threads?: number
  /** Where rows spill that do not fit into memory. */
  tempFolder: string
  /** IANA name; the session's time zone. */
  timezone: string
  log: Logger
}>

/**
 * Opens a warehouse file, creating it where there is none.
 * @throws ENGINE_BUSY if another process owns the file, ENGINE_CORRUPT if it is no warehouse.
 */
export async function openDuckDb(options: DuckDbOptions): Promise<Engine> {
  const shared = await openShared(options)
  const connections = new Connections(shared.instance, connectionSetup(options.timezone))
  try {
    const parsing = await shared.instance.connect()
    registerBatches(parsing)
    const parts = await connections.use(async (connection) => {
      await createSchemas(connection)
      return {
        outboxes: await Outboxes.read(connection),
        checkpoints: await Checkpoints.start(connection, options.log),
        queryMemory: new MemoryShare(engineGauge(connections), queryBytes(await memoryLimitOf(connection))),
      }
    })
    return new DuckDbEngine(shared, connections, parsing, parts, options)
  } catch (error) {
    connections.close()
    shared.release()
    throw engineFailure(error, { asset: 'the warehouse' })
  }
}

/** Queries take threads and memory that loads and builds need too. */
const QUERIES_AT_ONCE = 2
/** How long a query may take. */
const QUERY_MS = 30_000

type Parts = Readonly<{ outboxes: Outboxes; checkpoints: Checkpoints; queryMemory: MemoryShare }>

class DuckDbEngine implements Engine {
  readonly capabilities: EngineCapabilities = { atomicRelease: true, progress: true, singleOwner: true }
  readonly parse: SqlParser
  readonly bind: Binder
  private readonly inUse = new RelationsInUse()
  private readonly candidateRows = new Map<string, number>()
  private readonly workspaces = new Set<Workspace>()
  /** What writes to the catalog or the outboxes goes one after the other: two at once would conflict. */
  private readonly inTurn = createLimit(1)
  private readonly queries = createLimit(QUERIES_AT_ONCE)
  private readonly compactor: Compactor

  constructor(
    private readonly shared: SharedInstance,
    private readonly connections: Connections,
    private readonly parsing: DuckDBConnection,
    private readonly parts: Parts,
    private readonly options: DuckDbOptions,
  ) {
    this.parse = createParser(parsing)
    this.bind = createBinder(shared.instance, options.timezone)
    this.compactor = new Compactor(parts.checkpoints, (relation) => this.inUse.has(relation))
  }

  async openWorkspace(run: number): Promise<Workspace> {
    const workspace = await openWorkspace(run, {
      instance: this.shared.instance,
      timezone: this.options.timezone,
      inUse: this.inUse,
      candidateRows: this.candidateRows,
      monitors: this.connections,
      drop: (relations) => this.drop((relation) => relations.has(relation) && !this.inUse.has(relation)),
      onClose: (closed) => this.workspaces.delete(closed),
    })
    this.workspaces.add(workspace)
    return workspace
  }

  isRead(relation: string, exceptRun: number): boolean {
    return this.inUse.has(relation, exceptRun)
  }

  release(request: ReleaseRequest, signal: AbortSignal): Promise<ReleaseOutcome> {
    return this.inTurn(() =>
      this.connections.attempt('the release', signal, async (connection) => {
        const outcome = await releaseChanges(
          connection,
          request,
          {
            outboxes: this.parts.outboxes,
            knownRows: (relation) => this.candidateRows.get(relation),
            isRead: (relation) => this.inUse.has(relation, request.run),
          },
          signal,
        )
        for (const { change } of request.changes)
          if (change.kind !== 'view') this.candidateRows.delete(change.candidate)
        await this.parts.checkpoints.afterRelease(connection)
        return outcome
      }),
    )
  }

  ledger(after = 0): Promise<readonly LedgerEntry[]> {
    return this.connections.attempt('the ledger', undefined, (connection) => readLedger(connection, after))
  }

  highest(): Promise<{ release: number; run: number }> {
    return this.connections.attempt('the ledger', undefined, readHighest)
  }

  sweep(keep: ReadonlySet<string>): Promise<number> {
    return this.drop((relation) => !keep.has(relation) && !this.inUse.has(relation))
  }

  private drop(isDead: (relation: string) => boolean): Promise<number> {
    return this.inTurn(() =>
      this.connections.attempt('the sweep', undefined, async (connection) => {
        const dropped = await sweepTables(connection, isDead)
        if (dropped > 0) await this.parts.checkpoints.afterRelease(connection)
        return dropped
      }),
    )
  }

  compact(signal: AbortSignal): Promise<Compaction | null> {
    return this.inTurn(() =>
      this.connections.attempt('the warehouse', signal, (connection) =>
        this.compactor.compact(connection, signal),
      ),
    )
  }

  openChanges(request: ChangesRequest): Promise<Changes> {
    return openChanges(this.connections, request, this.parts.outboxes.has(request.delivery))
  }

  async forgetChanges(delivery: string, release: number): Promise<void> {
    if (!this.parts.outboxes.has(delivery)) return
    await this.inTurn(() =>
      this.connections.attempt(delivery, undefined, async (connection) => {
        const forget = `delete from ${changesTable(delivery)} where _release <= ${release}`
        const rows = await affectedRows(await connection.run(forget))
        await this.parts.checkpoints.afterDelete(connection, rows)
      }),
    )
  }

  readColumns(request: ReadRequest, signal: AbortSignal): AsyncIterable<ColumnBatch> {
    return streamColumns(this.connections, request.asset, readQuery(request), request.columns, signal)
  }

  writeParquet(
    request: ReadRequest & { path: string },
    signal: AbortSignal,
  ): Promise<{ rows: number; bytes: number }> {
    return this.connections.attempt(request.asset, signal, (connection) =>
      interruptible(connection, signal, () => writeParquetFile(connection, readQuery(request), request.path)),
    )
  }

  compare(request: CompareRequest, signal: AbortSignal): Promise<Comparison> {
    return this.connections.attempt(request.asset, signal, (connection) =>
      interruptible(connection, signal, () => compareRows(connection, request, signal)),
    )
  }

  async query(request: QueryRequest, signal: AbortSignal): Promise<QueryResult> {
    return withinTime(request.timeMs ?? QUERY_MS, signal, (limited, begun) =>
      // A query that does not stop keeps its turn: threads are what there are few of.
      this.queries(async () => {
        limited.throwIfAborted()
        begun()
        return this.parts.queryMemory.within(limited, (watched) =>
          this.connections.use((connection) => runQuery(connection, this.parse, request, watched)),
        )
      }),
    )
  }

  openTenantCopies(request: TenantCopiesRequest, signal: AbortSignal): Promise<TenantCopies> {
    const { connections, parse, options } = this
    return openTenantCopies({ connections, parse, timezone: options.timezone }, request, signal)
  }

  statistics(): Promise<EngineStatistics> {
    return this.connections.attempt('the warehouse', undefined, async (connection) => {
      const { rows } = await readRows(
        connection,
        `select version(), current_setting('memory_limit'), current_setting('threads'), current_setting('temp_directory')`,
      )
      const [version, memory, threads, spillFolder] = rows[0] ?? []
      return {
        name: 'duckdb',
        version: String(version).replace(/^v/, ''),
        bytes: await sizeOnDisk(this.shared.path),
        memoryLimitBytes: bytesOf(String(memory)),
        queries: { atOnce: QUERIES_AT_ONCE, memoryBytes: this.parts.queryMemory.bytes },
        threads: Number(threads),
        spillFolder: String(spillFolder),
      }
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.workspaces].map((workspace) => workspace.close()))
    await this.inTurn(async () => {
      this.connections.close()
      this.parsing.closeSync()
      this.shared.release()
    })
  }
}

async function memoryLimitOf(connection: DuckDBConnection): Promise<number> {
  const { rows } = await readRows(connection, `select current_setting('memory_limit')`)
  return bytesOf(String(rows[0]?.[0]))
}

function readQuery({ asset, columns, orderBy }: ReadRequest): string {
  const order = orderBy && orderBy.length > 0 ? ` order by ${nameList(orderBy)}` : ''
  return `select ${columnList(columns)} from ${readerView(asset)}${order}`
}

async function sizeOnDisk(path: string): Promise<number> {
  const sizes = await Promise.all(
    [path, `${path}.wal`].map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
