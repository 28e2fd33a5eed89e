import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '../adapters/engines/engine.js'
import type { Runtime } from '../adapters/runtimes/runtime.js'
import type { Sink } from '../adapters/sinks/sink.js'
import type { Source } from '../adapters/sources/source.js'
import type { EmbeddedPostgres } from '../adapters/state/embedded/start.js'
import type { StateStore } from '../adapters/state/store.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/log.js'
import type { Asset } from '../domain/asset.js'
import type { ConnectionSpec, Project } from '../domain/project.js'

export type ServiceOptions = Readonly<{
  environment: string
  clock: Clock
  log: Logger
  /** The user's environment, of which worker processes get a little. */
  env: Readonly<Record<string, string | undefined>>
  /** Words for other processes: `millrace run (pid 4242)`. */
  processName: string
}>

/**
 * The outside world of one project, opened at first use and closed together. The only place that knows which
 * adapter is behind which port. Adapters are imported when they are opened: a command pays for what it uses.
 */
export interface Services {
  readonly project: Project
  readonly environment: string
  readonly clock: Clock
  readonly log: Logger
  /** UV_THREADPOOL_SIZE as the process was started with it. */
  readonly threadPool: string | undefined
  embedded(): Promise<EmbeddedPostgres>
  store(): Promise<StateStore>
  engine(): Promise<Engine>
  runtime(): Promise<Runtime>
  /** A connection with its real address: `embedded` is resolved. */
  connection(name: string): Promise<ConnectionSpec>
  source(asset: Asset): Promise<Source>
  sink(connection: string): Promise<Sink>
  close(): Promise<void>
}

/** A connection with this address means a database in Millrace's own Postgres, named after the connection. */
export const EMBEDDED_URL = 'embedded'

export function openServices(project: Project, options: ServiceOptions): Services {
  const { environment, log } = options
  const closers: (() => Promise<void>)[] = []
  const opening: Promise<unknown>[] = []
  const once = <T>(start: () => Promise<T>) => startOnce(start, opening)
  const open = <T extends { close(): Promise<void> }>(start: () => Promise<T>) =>
    once(async () => {
      const service = await start()
      closers.push(() => service.close())
      return service
    })

  const embedded = once(async () => {
    const { startEmbedded } = await import('../adapters/state/embedded/start.js')
    const server = await startEmbedded({ home: project.home, log })
    closers.push(() => server.stop())
    return server
  })
  const store = open(async () => {
    const { openPostgresStore } = await import('../adapters/state/postgres/store.js')
    const { processName } = options
    return openPostgresStore({ url: await stateUrl(), project: project.name, environment, processName, log })
  })
  const engine = open(async () => {
    const { openDuckDb } = await import('../adapters/engines/duckdb/open-duckdb.js')
    return openDuckDb({
      path: project.warehouse.path,
      tempFolder: join(project.home, 'tmp'),
      timezone: project.timezone,
      log,
      ...(project.warehouse.memoryLimit !== undefined && { memoryLimit: project.warehouse.memoryLimit }),
      ...(project.warehouse.threads !== undefined && { threads: project.warehouse.threads }),
    })
  })
  const runtime = open(async () => {
    const { createTypeScriptRuntime } = await import('../adapters/runtimes/typescript/runtime.js')
    const memoryLimitBytes = workerMemoryBytes()
    return createTypeScriptRuntime({
      slots: availableParallelism(),
      log,
      memoryLimitBytes,
      environment: options.env,
    })
  })
  const sinks = new Map<string, () => Promise<Sink>>()

  async function stateUrl(): Promise<string> {
    return project.state.kind === 'postgres' ? project.state.url : databaseOf(await embedded(), 'millrace')
  }
  async function connection(name: string): Promise<ConnectionSpec> {
    const spec = project.connections.get(name)!
    if (spec.kind !== 'postgres' || spec.url !== EMBEDDED_URL) return spec
    return { ...spec, url: await databaseOf(await embedded(), name) }
  }
  async function openSink(name: string): Promise<Sink> {
    const spec = await connection(name)
    const owner = { project: project.name, environment, log }
    if (spec.kind === 'postgres')
      return (await import('../adapters/sinks/postgres/sink.js')).openPostgresSink(spec, owner)
    return (await import('../adapters/sinks/parquet/sink.js')).openParquetSink(spec, owner)
  }

  return {
    project,
    environment,
    clock: options.clock,
    log,
    threadPool: options.env.UV_THREADPOOL_SIZE,
    embedded,
    store,
    engine,
    runtime,
    connection,
    source: async (asset) => {
      if (asset.body.kind !== 'source') throw new TypeError(`${asset.name} is not a source`)
      return openSource(asset, await connection(asset.body.source.connection))
    },
    sink: (name) => {
      const known = sinks.get(name) ?? open(() => openSink(name))
      sinks.set(name, known)
      return known()
    },
    close: async () => {
      // What is still being opened while another failed would otherwise stay open for ever.
      await Promise.allSettled(opening)
      // Newest first: the state's server goes last, after everything that uses it.
      for (const close of closers.splice(0).reverse()) await close()
    },
  }
}

async function openSource(asset: Asset, spec: ConnectionSpec): Promise<Source> {
  if (spec.kind === 'postgres') {
    return (await import('../adapters/sources/postgres/open-postgres-source.js')).openPostgresSource(
      asset,
      spec,
    )
  }
  return (await import('../adapters/sources/files/source.js')).openFilesSource(asset, spec)
}

async function databaseOf(server: EmbeddedPostgres, name: string): Promise<string> {
  await server.createDatabase(name)
  return server.url(name)
}

/** Starts at the first call, which joins `opening`; later calls share the result. A failed start is tried again. */
function startOnce<T>(start: () => Promise<T>, opening: Promise<unknown>[]): () => Promise<T> {
  let started: Promise<T> | null = null
  return () => {
    if (started) return started
    started = start().catch((error: unknown) => {
      started = null
      throw error
    })
    opening.push(started)
    return started
  }
}

/** Memory a worker process may use: a quarter of the machine, at least 512 MiB. */
export function workerMemoryBytes(): number {
  return Math.max(totalmem() / 4, 512 * 2 ** 20)
}
