import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { giveToUser } from '../../base/private-files.js'
import { PAGE_END, stampOf } from '../../reports/render/page.js'
import { makePageFolder, type PageFolder } from './page-folder.js'

/** Enough for the page's head up to its stamp. */
const HEAD_BYTES = 1024

/** The stamp of the page that is there; null where there is none. */
export async function readStamp(
  folder: string,
  file: string,
): Promise<{ stamp: string; bytes: number } | null> {
  const path = join(folder, file)
  try {
    const handle = await open(path)
    try {
      const bytes = (await handle.stat()).size
      const head = await readAt(handle, 0, HEAD_BYTES)
      const stamp = stampOf(head)
      // A machine that lost its power may have kept the beginning of a page only.
      const isWhole =
        (await readAt(handle, Math.max(0, bytes - PAGE_END.length), PAGE_END.length)) === PAGE_END
      return stamp === null || !isWhole ? null : { stamp, bytes }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function readAt(handle: FileHandle, at: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at)
  return buffer.subarray(0, bytesRead).toString()
}

/** Written beside and renamed, so that nobody ever opens half a page. Resolves to its bytes. */
export async function writePage(folder: PageFolder, file: string, html: string): Promise<number> {
  const path = join(folder.path, file)
  await makePageFolder(dirname(path), folder.isUsers)
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const bytes = Buffer.from(html)
  try {
    const handle = await open(beside, 'wx')
    try {
      await handle.writeFile(bytes)
    } finally {
      await handle.close()
    }
    if (folder.isUsers) await giveToUser(beside)
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  return bytes.length
}

export async function readPage(folder: string, file: string): Promise<string | null> {
  try {
    return await readFile(join(folder, file), 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
