import { totalmem } from 'node:os'
import { declaredDeliveries } from '../domain/declared-deliveries.js'
import { some } from './api/duration-words.js'
import { examineChannels } from './examine-channels.js'
import { examineLeftBehind } from './examine-left-behind.js'
import { examineDisk, examineProcess, mebibytes, tried } from './examine-machine.js'
import { examineSchedules } from './examine-schedules.js'
import type { Finding } from './finding.js'
import { examineHome } from './home/examine-home.js'
import type { LiveProject } from './live/live.js'
import { EMBEDDED_URL } from './services.js'
import type { Session } from './session.js'

const CONNECT_MS = 5_000

/** Looks at everything a support person would ask about. One part that is broken does not hide the others. */
export async function examine(
  session: Session,
  runtime: { node: string; platform: string },
  live: LiveProject | null,
): Promise<Finding[]> {
  const parts = [
    ...examineProcess({ ...runtime, threadPool: session.services.threadPool }),
    await tried('state', () => examineState(session)),
    await tried('warehouse', () => examineWarehouse(session)),
    await tried('disk', () => examineDisk(session.loaded.project.root)),
    await tried('home', () => examineHome(session.loaded.project)),
    ...examineLeftBehind(),
    ...(await examineConnections(session)),
    await tried('deliveries', () => examineDeliveries(session)),
    await tried('locks', () => examineLocks(session)),
    ...examineSchedules(session, live),
    ...(await examineChannels(session)),
  ]
  return parts
}

async function examineState({ services, loaded }: Session): Promise<Finding> {
  const { version, bytes, migrations, runs } = await (await services.store()).statistics()
  const where =
    loaded.project.state.kind === 'embedded' ? `embedded in ${(await services.embedded()).folder}` : 'by URL'
  return {
    topic: 'state',
    status: 'ok',
    detail: `Postgres ${version}, ${where}; ${mebibytes(bytes)}, ${some(runs, 'run')}, schema ${migrations.at(-1)}`,
    hint: '',
  }
}

async function examineWarehouse({ services, loaded }: Session): Promise<Finding> {
  const engine = await services.engine()
  const { name, version, bytes, memoryLimitBytes, queries, threads, spillFolder } = await engine.statistics()
  return {
    topic: 'warehouse',
    status: memoryLimitBytes > totalmem() ? 'warning' : 'ok',
    detail: `${name} ${version} at ${loaded.project.warehouse.path}; ${mebibytes(bytes)}, up to ${mebibytes(memoryLimitBytes)} of memory, ${mebibytes(queries.memoryBytes)} more while queries run (${queries.atOnce} at once), ${threads} threads, spills to ${spillFolder}`,
    hint: memoryLimitBytes > totalmem() ? 'warehouse.memory_limit is more than this machine has.' : '',
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
    detail: `${some(reads.length, 'source reads', 'sources read')} from it, ${some(writes.length, 'asset is', 'assets are')} delivered to it${await addressOf(name, session)}`,
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
