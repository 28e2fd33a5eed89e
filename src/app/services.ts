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
import { RunsTogether } from '../executor/runs-together.js'

export type ServiceOptions = Readonly<{
  environment: string
  clock: Clock
  log: Logger
  /** The user's environment, of which worker processes get a little. */
  env: Readonly<Record<string, string | undefined>>
  /** Runs that may go side by side in this process; absent: one. */
  runsAtOnce?: number
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
  /** What runs of this process that go on side by side share. */
  readonly together: RunsTogether
  embedded(): Promise<EmbeddedPostgres>
  store(): Promise<StateStore>
  engine(): Promise<Engine>
  runtime(): Promise<Runtime>
  /** A connection with its real address: `embedded` is resolved. */
  connection(name: string): Promise<ConnectionSpec>
  source(asset: Asset): Promise<Source>
  sink(connection: string): Promise<Sink>
  /** The same outside world for the project as it was read anew; what need not be opened again is shared. */
  reload(project: Project): Services
  close(): Promise<void>
}

/** A connection with this address means a database in Millrace's own Postgres, named after the connection. */
export const EMBEDDED_URL = 'embedded'

export function openServices(project: Project, options: ServiceOptions): Services {
  const foundation = openFoundation(project, options)
  return onFoundation(project, foundation, options)
}

/** What stays open while its settings stay the same. Closed by the last who uses it. */
type Shared<T> = T & Readonly<{ settings: string; join(): void; leave(): Promise<void> }>
type State = Shared<Pick<Services, 'embedded' | 'store'>>
type Works = Shared<Pick<Services, 'engine' | 'runtime' | 'together'>>

/** State, warehouse and worker processes. The state stays where only the others' settings were edited: ticks and locks are its own. */
type Foundation = Readonly<{ state: State; works: Works }>

function openFoundation(project: Project, options: ServiceOptions): Foundation {
  return { state: openState(project, options), works: openWorks(project, options) }
}

function shared<T>(made: T, settings: string, closers: Closers): Shared<T> {
  let users = 1
  return {
    ...made,
    settings,
    join: () => void users++,
    leave: async () => {
      if (--users === 0) await closers.close()
    },
  }
}

const stateSettings = ({ name, home, state }: Project): string => JSON.stringify([name, home, state])
const worksSettings = (project: Project): string =>
  JSON.stringify([stateSettings(project), project.timezone, project.warehouse])

function openState(project: Project, { environment, log, processName }: ServiceOptions): State {
  const closers = new Closers()
  const embedded = closers.once(async () => {
    const { startEmbedded } = await import('../adapters/state/embedded/start.js')
    const server = await startEmbedded({ home: project.home, log })
    closers.add(() => server.stop())
    return server
  })
  const store = closers.open(async () => {
    const { openPostgresStore } = await import('../adapters/state/postgres/store.js')
    const url =
      project.state.kind === 'postgres' ? project.state.url : databaseOf(await embedded(), 'millrace')
    return openPostgresStore({ url: await url, project: project.name, environment, processName, log })
  })
  return shared({ embedded, store }, stateSettings(project), closers)
}

function openWorks(project: Project, options: ServiceOptions): Works {
  const { log } = options
  const closers = new Closers()
  const engine = closers.open(async () => {
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
  const runtime = closers.open(async () => {
    const { createTypeScriptRuntime } = await import('../adapters/runtimes/typescript/runtime.js')
    const memoryLimitBytes = workerMemoryBytes()
    return createTypeScriptRuntime({
      // Each of the runs that go side by side has the machine's number: one that is slow takes them from nobody.
      slots: workerSlots() * (options.runsAtOnce ?? 1),
      log,
      memoryLimitBytes,
      environment: options.env,
    })
  })
  return shared({ engine, runtime, together: new RunsTogether() }, worksSettings(project), closers)
}

function onFoundation(project: Project, foundation: Foundation, options: ServiceOptions): Services {
  const { environment, log } = options
  const { state, works } = foundation
  const { embedded } = state
  const closers = new Closers()
  const sinks = new Map<string, () => Promise<Sink>>()

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
    store: state.store,
    engine: works.engine,
    runtime: works.runtime,
    together: works.together,
    connection,
    source: async (asset) => {
      if (asset.body.kind !== 'source') throw new TypeError(`${asset.name} is not a source`)
      return openSource(asset, await connection(asset.body.source.connection))
    },
    sink: (name) => {
      const known = sinks.get(name) ?? closers.open(() => openSink(name))
      sinks.set(name, known)
      return known()
    },
    reload: (next) =>
      onFoundation(
        next,
        {
          state: joined(state, stateSettings(next)) ?? openState(next, options),
          works: joined(works, worksSettings(next)) ?? openWorks(next, options),
        },
        options,
      ),
    close: async () => {
      await closers.close()
      // The state's server goes last, after everything that uses it.
      await works.leave()
      await state.leave()
    },
  }
}

/** One more user of it, if it serves those settings too. */
function joined<T>(one: Shared<T>, settings: string): Shared<T> | null {
  if (one.settings !== settings) return null
  one.join()
  return one
}

/** Opens each thing once, and closes all that was opened, newest first. */
class Closers {
  private readonly closers: (() => Promise<void>)[] = []
  private readonly opening: Promise<unknown>[] = []

  add(close: () => Promise<void>): void {
    this.closers.push(close)
  }

  /** Starts at the first call; later calls share the result. A failed start is tried again. */
  once<T>(start: () => Promise<T>): () => Promise<T> {
    let started: Promise<T> | null = null
    return () => {
      if (started) return started
      started = start().catch((error: unknown) => {
        started = null
        throw error
      })
      this.opening.push(started)
      return started
    }
  }

  open<T extends { close(): Promise<void> }>(start: () => Promise<T>): () => Promise<T> {
    return this.once(async () => {
      const service = await start()
      this.add(() => service.close())
      return service
    })
  }

  async close(): Promise<void> {
    // What is still being opened while another failed would otherwise stay open for ever.
    await Promise.allSettled(this.opening)
    // Newest first: the state's server goes after the store that uses it.
    for (const close of this.closers.splice(0).reverse()) await close()
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

/** Worker processes at once. */
export const workerSlots = availableParallelism

/** Memory a worker process may use: a quarter of the machine, at least 512 MiB. */
export function workerMemoryBytes(): number {
  return Math.max(totalmem() / 4, 512 * 2 ** 20)
}
