import { realpath, stat } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { glob } from 'tinyglobby'
import { createLimit } from '../../../base/limit.js'

/** Names that programs give to files they have not finished. */
const IN_PROGRESS =
  /\.(tmp|part|partial|crdownload|inprogress|in_progress|filepart|download)$|(^|\/)_temporary(\/|$)|~$/i

export type Matched = Readonly<{
  /** Relative to the folder, forward slashes, sorted. */
  files: readonly string[]
  /** Left out for their names. */
  inProgress: readonly string[]
  /** Links out of the folder: whoever can drop a link must not get at what lies beside it. */
  outside: readonly string[]
  /** Names that lead to no file: it went, or its name is no UTF-8 and was read with other letters. */
  lost: readonly string[]
}>

/** Files below `folder` that match `pattern`. A pattern that is a file's very name means that file. */
export async function matchFiles(folder: string, pattern: string): Promise<Matched> {
  const { files, outside, lost } = await withoutLinks(folder, await matches(folder, pattern))
  return {
    files: files.filter((file) => !IN_PROGRESS.test(file)),
    inProgress: files.filter((file) => IN_PROGRESS.test(file)),
    outside,
    lost,
  }
}

async function matches(folder: string, pattern: string): Promise<string[]> {
  const name = pattern.replace(/^\.\//, '')
  if (await isFile(join(folder, pattern))) return [name]
  const found = await glob([name], { cwd: resolve(folder), onlyFiles: true, expandDirectories: false })
  return [...new Set(found)].sort()
}

/** A file that can be reached under several names, through links, is one file: under its own name if that matches. */
async function withoutLinks(
  folder: string,
  found: readonly string[],
): Promise<Pick<Matched, 'files' | 'outside' | 'lost'>> {
  if (found.length === 0) return { files: [], outside: [], lost: [] }
  const root = await realpath(folder)
  const limit = createLimit(16)
  const places = await Promise.all(
    found.map((file) => limit(async () => ({ file, place: await realPathOf(join(folder, file)) }))),
  )
  const names = new Map<string, string>()
  const outside = new Map<string, string>()
  const lost: string[] = []
  for (const { file, place } of places) {
    if (place === null) {
      lost.push(file)
      continue
    }
    const isOutside = !place.startsWith(root === sep ? sep : root + sep)
    if (isOutside) outside.set(place, outside.get(place) ?? file)
    else if (!names.has(place) || place === join(root, file)) names.set(place, file)
  }
  return { files: [...names.values()].sort(), outside: [...outside.values()], lost }
}

/** Null where the file is gone. */
const realPathOf = (path: string): Promise<string | null> =>
  realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  )
