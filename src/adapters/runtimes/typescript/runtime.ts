import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { compiledPath } from '../../../base/compiled.js'
import type { Logger } from '../../../base/log.js'
import { usersUmask } from '../../../base/private-files.js'
import { runtimeError } from '../errors.js'
import { WorkerPool } from '../pool.js'
import type { Runtime, RuntimeHost, RuntimeRequest, RuntimeResult } from '../runtime.js'
import { WorkerProcess } from '../worker-process.js'
import { BundleError, bundleAsset } from './bundle.js'
import { fileOf } from './file-of.js'
import { runTask } from './run-task.js'

export type TypeScriptRuntimeOptions = Readonly<{
  /** Processes at most. */
  slots: number
  log: Logger
  /** Memory of the process that is started ahead of the first step; without it none is. */
  memoryLimitBytes?: number
  /** Where PATH, proxies and certificates come from; nothing else of it reaches authors' code. */
  environment?: Readonly<Record<string, string | undefined>>
  /** Tasks after which a process is replaced. */
  maxTasks?: number
}>

const MAX_TASKS = 50
const IDLE_MS = 5 * 60_000

/** Runs TypeScript assets in a pool of warm processes. */
export function createTypeScriptRuntime(options: TypeScriptRuntimeOptions): Runtime {
  const env = workerEnvironment(options.environment ?? {})
  const pool = new WorkerPool({
    slots: options.slots,
    start: (memoryLimitBytes) => startWorker(memoryLimitBytes, env),
    maxTasks: options.maxTasks ?? MAX_TASKS,
    idleMs: IDLE_MS,
  })
  if (options.memoryLimitBytes !== undefined) pool.warm(options.memoryLimitBytes)
  let modules = 0
  return {
    run: async (request, host, signal) => {
      signal.throwIfAborted()
      const module = join(request.folder, `asset-${modules++}.mjs`)
      await bundle(request, module)
      return runInPool(pool, { request, module }, host, signal, options.log)
    },
    close: () => pool.close(),
  }
}

async function runInPool(
  pool: WorkerPool,
  job: { request: RuntimeRequest; module: string },
  host: RuntimeHost,
  signal: AbortSignal,
  log: Logger,
): Promise<RuntimeResult> {
  const worker = await pool.acquire(job.request.memoryLimitBytes, signal)
  let reusable = false
  try {
    const { result, tainted } = await runTask(worker, job, host, signal)
    reusable = tainted === null
    if (tainted !== null) {
      log.debug({ asset: job.request.asset, pid: worker.pid, tainted }, 'worker process replaced')
      host.log('warn', `After its last row ${tainted}; the process is replaced.`)
    }
    return result()
  } finally {
    await pool.release(worker, reusable)
  }
}

async function bundle(request: RuntimeRequest, module: string): Promise<void> {
  try {
    await bundleAsset(request.modulePath, request.projectRoot, module)
  } catch (cause) {
    if (!(cause instanceof BundleError)) throw cause
    const file = cause.file ?? fileOf(request)
    throw runtimeError(
      'RUNTIME_NOT_LOADED',
      { asset: request.asset, file, line: cause.line, detail: cause.detail, advice: cause.hint },
      { cause },
    )
  }
}

const MIB = 1_048_576
/** What Node and DuckDB take before an author's first object. */
const OVERHEAD_BYTES = 256 * MIB
const HEAP_SHARE = 0.75
const DUCKDB_SHARE = 0.25
const [MIN_DUCKDB_BYTES, MAX_DUCKDB_BYTES] = [256 * MIB, 1024 * MIB]

function startWorker(memoryLimitBytes: number, env: Readonly<Record<string, string>>): WorkerProcess {
  const heap = Math.max(32, Math.round((memoryLimitBytes * HEAP_SHARE) / MIB))
  const duckdb = Math.min(MAX_DUCKDB_BYTES, Math.max(MIN_DUCKDB_BYTES, memoryLimitBytes * DUCKDB_SHARE))
  return new WorkerProcess(
    {
      command: process.execPath,
      args: [
        '--enable-source-maps',
        `--max-old-space-size=${heap}`,
        // Rows live shortly: a larger nursery lets them die there.
        `--max-semi-space-size=${heap > 256 ? 32 : 8}`,
        compiledPath(import.meta.url, './worker/main.js'),
        String(Math.round(duckdb)),
        String(memoryLimitBytes + OVERHEAD_BYTES),
        String(usersUmask()),
      ],
      env,
    },
    memoryLimitBytes,
  )
}

/** No secret has any of these names; what an asset may know comes through `vars:`. */
const PASSED_ON = [
  ...['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LD_LIBRARY_PATH'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
]

function workerEnvironment(from: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = from[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: homedir(),
    TMPDIR: tmpdir(),
    ...Object.fromEntries(passed),
    // The same rows from the same input on every machine: a local time must be asked for by name.
    TZ: 'UTC',
  }
}
