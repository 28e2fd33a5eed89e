import { statfs } from 'node:fs/promises'
import { findInstalled } from '../adapters/state/embedded/software.js'
import { MillraceError, messageOf } from '../base/errors.js'
import { millraceVersion } from '../base/version.js'
import { examineLeftBehind } from './examine-left-behind.js'
import type { Finding } from './finding.js'

const NODE_NEEDED = [20, 19] as const
/** Less free disk than this is worth a word. */
const LOW_DISK_BYTES = 5 * 2 ** 30

export type ProcessFacts = Readonly<{
  node: string
  platform: string
  /** UV_THREADPOOL_SIZE as the process was started with it. */
  threadPool: string | undefined
}>

/** What can be said without a project, or with one that cannot be loaded. */
export async function examineMachine(facts: ProcessFacts, folder: string): Promise<Finding[]> {
  return [
    ...examineProcess(facts),
    await tried('embedded state', examineEmbedded),
    await tried('disk', () => examineDisk(folder)),
    ...examineLeftBehind(),
  ]
}

export const examineProcess = (facts: ProcessFacts): Finding[] => [
  { topic: 'millrace', status: 'ok', detail: millraceVersion(), hint: '' },
  examineNode(facts),
  examineThreadPool(facts),
]

/** One part that is broken does not hide the others. */
export async function tried(topic: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look()
  } catch (error) {
    const hint = error instanceof MillraceError ? (error.hint ?? '') : ''
    return { topic, status: 'problem', detail: messageOf(error), hint }
  }
}

function examineNode({ node, platform }: ProcessFacts): Finding {
  const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number)
  const old = major < NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor < NODE_NEEDED[1])
  return {
    topic: 'node',
    status: old ? 'problem' : 'ok',
    detail: `${node} on ${platform}`,
    hint: old ? `Install Node ${NODE_NEEDED.join('.')} or newer.` : '',
  }
}

function examineThreadPool({ threadPool }: ProcessFacts): Finding {
  const size = Number(threadPool ?? 4)
  return {
    topic: 'thread pool',
    status: size < 8 ? 'warning' : 'ok',
    detail: `${size} threads`,
    hint:
      size < 8
        ? 'Start through bin/millrace, or set UV_THREADPOOL_SIZE=32: DuckDB’s queries run on that pool.'
        : '',
  }
}

async function examineEmbedded(): Promise<Finding> {
  const { version } = await findInstalled()
  return { topic: 'embedded state', status: 'ok', detail: `Postgres ${version} is installed`, hint: '' }
}

export async function examineDisk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  return {
    topic: 'disk',
    status: free < LOW_DISK_BYTES ? 'warning' : 'ok',
    detail: `${mebibytes(free)} free beside the project`,
    hint: free < LOW_DISK_BYTES ? 'A candidate needs room beside the released rows. Free some space.' : '',
  }
}

export const mebibytes = (bytes: number): string =>
  `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`
