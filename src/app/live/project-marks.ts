import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { glob } from 'tinyglobby'

const PATTERNS = ['millrace.yaml', '**/*.{sql,ts,mts,js,mjs,yaml,yml,md,json}']
/** Nothing in there is part of a project; of folders below `assets/` every one may be. */
const IGNORED = ['.millrace/**', '**/node_modules/**', '**/.git/**', 'dist/**', 'data/**']
const AT_ONCE = 64

/**
 * A digest of names, sizes and times of a project's files: another one means that something was edited. The time is that
 * of the last change of whatever kind: other rights, or an older file moved in its place, keep the time of the text.
 */
export async function projectMarks(root: string): Promise<string> {
  const files = (await glob(PATTERNS, { cwd: root, ignore: IGNORED, dot: false })).sort()
  const digest = createHash('sha256')
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const some = files.slice(at, at + AT_ONCE)
    const marks = await Promise.all(some.map((file) => markOf(join(root, file))))
    some.forEach((file, index) => {
      digest.update(`${file}\0${marks[index]}\n`)
    })
  }
  return digest.digest('hex')
}

async function markOf(path: string): Promise<string> {
  try {
    const { size, ctimeMs, ino } = await stat(path)
    return `${size} ${ctimeMs} ${ino}`
  } catch {
    return 'gone'
  }
}
