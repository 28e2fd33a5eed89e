import { join } from 'node:path'
import type { Clock } from '../../../base/clock.js'
import { createLimit } from '../../../base/limit.js'
import { matchFiles } from './match-files.js'
import {
  digestOf,
  type FileStamp,
  type FilesPosition,
  isSameStamp,
  isUnchanged,
  stampOf,
} from './seen-files.js'

/** Files written to more recently are looked at twice. */
const YOUNG_MS = 2_000
const SECOND_LOOK_MS = 100
/** Files older than this are not going to be finished. */
const UNFINISHED_MS = 60_000

export type NewFile = Readonly<{
  file: string
  path: string
  stamp: FileStamp
  digest: string
  /** Written to within two seconds: it is copied before it is read, so that it does not move meanwhile. */
  isFresh: boolean
  /** Written to within a minute: what is not whole may become so. */
  isYoung: boolean
}>

export type NewFiles = Readonly<{
  matched: number
  files: readonly NewFile[]
  /** Names under which files were loaded before, and the new ones: their rows give way, so that none comes twice. */
  renamed: ReadonlyMap<string, string>
  notes: readonly string[]
}>

export type FindContext = Readonly<{
  folder: string
  pattern: string
  position: FilesPosition | null
  clock: Clock
  signal: AbortSignal
}>

/** Files that are new or changed since `position`, those that are being written left out with a note. */
export async function findNewFiles(context: FindContext): Promise<NewFiles> {
  const { folder, pattern, position, clock, signal } = context
  const { files, inProgress, outside, lost } = await matchFiles(folder, pattern)
  signal.throwIfAborted()
  const limit = createLimit(16)
  const looked = await Promise.all(
    files.map((file) =>
      limit(async () => {
        const path = join(folder, file)
        const stamp = await stampOf(path)
        if (!stamp) return null
        const seen = position?.files[file]
        return seen && (await isUnchanged(path, stamp, seen)) ? null : { file, path, stamp }
      }),
    ),
  )
  const changed = looked.flatMap((one) => one ?? [])
  const now = clock.now()
  const age = ({ stamp }: { stamp: FileStamp }) => now - stamp.mtimeMs
  if (changed.some((one) => age(one) < YOUNG_MS)) await clock.sleep(SECOND_LOOK_MS, signal)
  const found: NewFile[] = []
  const growing: string[] = []
  for (const one of changed) {
    const isFresh = age(one) < YOUNG_MS
    const again = isFresh ? await stampOf(one.path) : one.stamp
    if (!again) continue
    if (!isSameStamp(again, one.stamp)) growing.push(one.file)
    else {
      const digest = await digestOf(one.path, one.stamp.size)
      found.push({ ...one, digest, isFresh, isYoung: age(one) < UNFINISHED_MS })
    }
  }
  const renamed = renamedFiles(found, position, new Set([...files, ...inProgress]))
  return {
    matched: files.length,
    files: found,
    renamed,
    notes: [
      ...[...renamed].map(([before, file]) => `${file} is what was ${before} before: its rows change place.`),
      ...growing.map((file) => `${file} is being written to and is left for the next run.`),
      ...inProgress.map((file) => `${file} is being written to, by its name, and is left for the next run.`),
      ...lost.map(
        (file) => `${file} cannot be found and is not read: it went just now, or its name is no UTF-8.`,
      ),
      ...outside.map((file) => `${file} is a link out of the connection’s folder and is not read.`),
    ],
  }
}

/** Files that went and came back under another name: of the same size, time and bytes at both ends. */
function renamedFiles(
  found: readonly NewFile[],
  position: FilesPosition | null,
  present: ReadonlySet<string>,
): Map<string, string> {
  const gone = Object.entries(position?.files ?? {}).filter(([file]) => !present.has(file))
  const renamed = new Map<string, string>()
  for (const { file, stamp, digest } of found) {
    if (position?.files[file]) continue
    const before = gone.find(
      ([name, seen]) => !renamed.has(name) && isSameStamp(stamp, seen) && digest === seen.digest,
    )
    if (before) renamed.set(before[0], file)
  }
  return renamed
}
