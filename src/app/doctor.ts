import { statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { MillraceError, messageOf } from '../base/errors.js'
import { declaredDeliveries } from '../domain/declared-deliveries.js'
import { examineSchedules } from './examine-schedules.js'
import type { Finding } from './finding.js'
import type { LiveProject } from './live/live.js'
import { EMBEDDED_URL, type Services } from './services.js'
import type { Session } from './session.js'

const NODE_NEEDED = [20, 19] as const
/** Less free disk than this is worth a word. */
const LOW_DISK_BYTES = 5 * 2 ** 30
const CONNECT_MS = 5_000

/** Looks at everything a support person would ask about. One part that is broken does not hide the others. */
export async function examine(
  session: Session,
  runtime: { node: string; platform: string },
  live: LiveProject | null,
): Promise<Finding[]> {
  const parts = [
    examineNode(runtime),
    examineThreadPool(session.services),
    await tried('state', () => examineState(session)),
    await tried('warehouse', () => examineWarehouse(session)),
    await tried('disk', () => examineDisk(session)),
    ...(await examineConnections(session)),
    await tried('deliveries', () => examineDeliveries(session)),
    await tried('locks', () => examineLocks(session)),
    ...examineSchedules(session, live),
  ]
  return parts
}

async function tried(topic: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look()
  } catch (error) {
    const hint = error instanceof MillraceError ? (error.hint ?? '') : ''
    return { topic, status: 'problem', detail: messageOf(error), hint }
  }
}

function examineNode({ node, platform }: { node: string; platform: string }): Finding {
  const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number)
  const old = major < NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor < NODE_NEEDED[1])
  return {
    topic: 'node',
    status: old ? 'problem' : 'ok',
    detail: `${node} on ${platform}`,
    hint: old ? `Install Node ${NODE_NEEDED.join('.')} or newer.` : '',
  }
}

function examineThreadPool({ threadPool }: Services): Finding {
  const size = Number(threadPool ?? 4)
  return {
    topic: 'thread pool',
    status: size < 8 ? 'warning' : 'ok',
    detail: `${size} threads`,
    hint:
      size < 8
        ? 'Start through bin/millrace, or set UV_THREADPOOL_SIZE=16: DuckDB’s queries run on that pool.'
        : '',
  }
}

async function examineState({ services, loaded }: Session): Promise<Finding> {
  const { version, bytes, migrations, runs } = await (await services.store()).statistics()
  const where =
    loaded.project.state.kind === 'embedded' ? `embedded in ${(await services.embedded()).folder}` : 'by URL'
  return {
    topic: 'state',
    status: 'ok',
    detail: `Postgres ${version}, ${where}; ${mebibytes(bytes)}, ${runs} runs, schema ${migrations.at(-1)}`,
    hint: '',
  }
}

async function examineWarehouse({ services, loaded }: Session): Promise<Finding> {
  const engine = await services.engine()
  const { name, version, bytes, memoryLimitBytes, threads, spillFolder } = await engine.statistics()
  return {
    topic: 'warehouse',
    status: memoryLimitBytes > totalmem() ? 'warning' : 'ok',
    detail: `${name} ${version} at ${loaded.project.warehouse.path}; ${mebibytes(bytes)}, up to ${mebibytes(memoryLimitBytes)} of memory, ${threads} threads, spills to ${spillFolder}`,
    hint: memoryLimitBytes > totalmem() ? 'warehouse.memory_limit is more than this machine has.' : '',
  }
}

async function examineDisk({ loaded: { project } }: Session): Promise<Finding> {
  const { bavail, bsize } = await statfs(project.root)
  const free = bavail * bsize
  return {
    topic: 'disk',
    status: free < LOW_DISK_BYTES ? 'warning' : 'ok',
    detail: `${mebibytes(free)} free beside the project`,
    hint: free < LOW_DISK_BYTES ? 'A candidate needs room beside the released rows. Free some space.' : '',
  }
}

/** Every connection is tried the way it is used: sources are described, delivery targets asked for their ledger. */
async function examineConnections(session: Session): Promise<Finding[]> {
  const { project } = session.loaded
  const findings: Finding[] = []
  for (const name of project.connections.keys()) {
    findings.push(await tried(`connection ${name}`, () => examineConnection(name, session)))
  }
  return findings
}

async function examineConnection(name: string, session: Session): Promise<Finding> {
  const { project } = session.loaded
  const signal = AbortSignal.timeout(CONNECT_MS)
  const reads = project.assets.filter(({ body }) => body.kind === 'source' && body.source.connection === name)
  const writes = project.assets.filter(({ deliver }) => deliver.some(({ connection }) => connection === name))
  for (const asset of reads) {
    const source = await session.services.source(asset)
    try {
      await source.describe(signal)
    } finally {
      await source.close()
    }
  }
  if (writes.length > 0) await (await session.services.sink(name)).ledger(signal)
  const used = reads.length + writes.length
  return {
    topic: `connection ${name}`,
    status: used === 0 ? 'warning' : 'ok',
    detail: `${reads.length} sources read from it, ${writes.length} assets are delivered to it${await addressOf(name, session)}`,
    hint: used === 0 ? 'Nothing uses it; it was not tried.' : '',
  }
}

/** How to look into a database that Millrace made itself; addresses of others may hold passwords. */
async function addressOf(name: string, { services, loaded }: Session): Promise<string> {
  const spec = loaded.project.connections.get(name)
  if (spec?.kind !== 'postgres' || spec.url !== EMBEDDED_URL) return ''
  const resolved = await services.connection(name)
  return resolved.kind === 'postgres' ? `; look into it: psql '${resolved.url}'` : ''
}

async function examineDeliveries({ services, loaded }: Session): Promise<Finding> {
  const records = declaredDeliveries(loaded.project, await (await services.store()).deliveries())
  const stuck = records.filter(({ status }) => status !== 'delivered')
  return {
    topic: 'deliveries',
    status: stuck.length > 0 ? 'warning' : 'ok',
    detail:
      stuck.length === 0
        ? `${records.length} up to date`
        : stuck
            .map(
              ({ target, status, delivered, error }) =>
                `${target} ${status} since release ${delivered}: ${error}`,
            )
            .join('; '),
    hint: stuck.length > 0 ? 'The next run tries again: millrace run' : '',
  }
}

async function examineLocks({ services }: Session): Promise<Finding> {
  const locks = await (await services.store()).locks()
  const holders = new Set(locks.map(({ run, process }) => `run ${run}, ${process}`))
  return {
    topic: 'locks',
    status: 'ok',
    detail: locks.length === 0 ? 'none held' : [...holders].join('; '),
    hint: '',
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`
