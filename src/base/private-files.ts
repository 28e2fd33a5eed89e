import { chmod, lstat, mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isMainThread } from 'node:worker_threads'

/** What a file or folder that is its owner's alone must not allow. */
export const OTHERS = 0o077

/** The umask this process was started with, once its files are private. */
let startedWith: number | null = null

/**
 * From here on all files that this process makes are its owner's alone. DuckDB and the log make files whenever they
 * need some and take no mode for them, so it is the umask that says it. It holds for the whole process: what is made
 * for the user has to be given away by the functions below.
 */
export function keepFilesPrivate(): void {
  // A thread may not change what belongs to its process.
  if (startedWith !== null || !isMainThread) return
  startedWith = process.umask(OTHERS)
  process.umask(startedWith | OTHERS)
}

/** What the user wants of files that are made for him. */
export const usersUmask = (): number => startedWith ?? process.umask()

/** Gives a file or folder that was just made the mode it has when the user makes it. */
export async function giveToUser(path: string): Promise<void> {
  if (startedWith === null) return
  try {
    const stats = await lstat(path)
    // The folder's own access list has said who may use what is made in it, and no umask counts there.
    if ((stats.mode & OTHERS) !== 0) return
    const most = stats.isDirectory() ? 0o777 : 0o666
    await chmod(path, (stats.mode & 0o7777) | (most & ~startedWith))
  } catch {
    // A file system without modes, or gone again: whoever uses the file will say more.
  }
}

/** `mkdir -p` as the user would do it. */
export async function makeUsersFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  const above = dirname(resolve(first))
  for (let made = resolve(path); made !== above; made = dirname(made)) await giveToUser(made)
}

/** Writes a file of the user's. One that is there keeps its mode. */
export async function writeUsersFile(path: string, text: string): Promise<void> {
  const isNew = await lstat(path).then(
    () => false,
    () => true,
  )
  await writeFile(path, text)
  if (isNew) await giveToUser(path)
}
