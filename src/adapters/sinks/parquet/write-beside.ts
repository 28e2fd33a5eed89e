import { open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { giveToUser, makeUsersFolder } from '../../../base/private-files.js'

/** A file that is complete and on disk beside its place, under a name no reader looks for. */
export interface FileBeside {
  readonly path: string
  moveIntoPlace(): Promise<void>
  discard(): Promise<void>
}

/**
 * A name that readers and globs pass over: hidden, and without the target's extension. Always the same for one
 * target, so that what a crash leaves behind is overwritten by the next delivery.
 */
const besideName = (target: string): string => join(dirname(target), `.${basename(target)}.tmp`)

/** Makes the folders up to `target` and says where to write the file that will replace it. */
export async function prepareBeside(target: string): Promise<FileBeside> {
  const folder = dirname(target)
  await makeUsersFolder(folder)
  const path = besideName(target)
  return {
    path,
    moveIntoPlace: async () => {
      await giveToUser(path)
      await syncToDisk(path)
      await rename(path, target)
      await syncToDisk(folder)
    },
    discard: () => rm(path, { force: true }),
  }
}

export async function writeBeside(target: string, text: string): Promise<FileBeside> {
  const beside = await prepareBeside(target)
  await writeFile(beside.path, text)
  return beside
}

/** A rename is only durable once the folder is; both must be asked for. */
async function syncToDisk(path: string): Promise<void> {
  const isFolder = (await stat(path)).isDirectory()
  const handle = await open(path, isFolder ? 'r' : 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
