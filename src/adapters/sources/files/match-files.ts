import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { glob } from 'tinyglobby'

/** Names that programs give to files they have not finished. */
const IN_PROGRESS =
  /\.(tmp|part|partial|crdownload|inprogress|in_progress|filepart|download)$|(^|\/)_temporary(\/|$)|~$/i

export type Matched = Readonly<{
  /** Relative to the folder, forward slashes, sorted. */
  files: readonly string[]
  /** Left out for their names. */
  inProgress: readonly string[]
}>

/** Files below `folder` that match `pattern`. A pattern that is a file's very name means that file. */
export async function matchFiles(folder: string, pattern: string): Promise<Matched> {
  const literal = await isFile(join(folder, pattern))
  const found = literal
    ? [pattern.replace(/^\.\//, '')]
    : await glob([pattern.replace(/^\.\//, '')], {
        cwd: resolve(folder),
        onlyFiles: true,
        expandDirectories: false,
      })
  const files = [...new Set(found)].sort()
  return {
    files: files.filter((file) => !IN_PROGRESS.test(file)),
    inProgress: files.filter((file) => IN_PROGRESS.test(file)),
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  )
