import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { z } from 'zod'
import type { Json } from '../../../base/json.js'

/** How a file looked when it was loaded, and the path its rows carry. */
const seenFileSchema = z.object({
  size: z.number(),
  mtimeMs: z.number(),
  ctimeMs: z.number(),
  /** Digest of the first and last bytes: tells files of one size and time apart. */
  digest: z.string(),
  rows: z.number(),
  loadedFrom: z.string(),
})

const columnSchema = z.object({ name: z.string(), type: z.string() })

const positionSchema = z.object({
  files: z.record(z.string(), seenFileSchema),
  columns: z.array(columnSchema),
})

export type SeenFile = z.infer<typeof seenFileSchema>
export type FilesPosition = z.infer<typeof positionSchema>

/** What an earlier load left; null for the first one, and for what is no position of files. */
export function parsePosition(position: Json): FilesPosition | null {
  const parsed = positionSchema.safeParse(position)
  return parsed.success ? parsed.data : null
}

export type FileStamp = Readonly<Pick<SeenFile, 'size' | 'mtimeMs' | 'ctimeMs'>>

/** Null where the file is gone. */
export async function stampOf(path: string): Promise<FileStamp | null> {
  try {
    const { size, mtimeMs, ctimeMs } = await stat(path)
    return { size, mtimeMs, ctimeMs }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

export const isSameStamp = (a: FileStamp, b: FileStamp): boolean =>
  a.size === b.size && a.mtimeMs === b.mtimeMs

/**
 * True where a file is as it was when its rows were loaded. Every write moves the change time, so nothing is read
 * for most files; where that moved and size and modification time did not (a copy that kept them, another mount, or
 * an edit within the clock's step), the first and last bytes decide.
 */
export async function isUnchanged(path: string, stamp: FileStamp, seen: SeenFile): Promise<boolean> {
  if (!isSameStamp(stamp, seen)) return false
  return stamp.ctimeMs === seen.ctimeMs || (await digestOf(path, stamp.size)) === seen.digest
}

const EDGE_BYTES = 16 << 10

/** Of the first and last 16 kB. */
export async function digestOf(path: string, size: number): Promise<string> {
  const handle = await open(path, 'r')
  try {
    const hash = createHash('sha256')
    for (const position of new Set([0, Math.max(0, size - EDGE_BYTES)])) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(EDGE_BYTES), 0, EDGE_BYTES, position)
      hash.update(buffer.subarray(0, bytesRead))
    }
    return hash.digest('hex').slice(0, 16)
  } finally {
    await handle.close()
  }
}
