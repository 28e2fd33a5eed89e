import { realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { sinkError } from '../errors.js'

/** Absolute path of a target, refused where it leaves the connection's folder: by `..` or through a link. */
export async function targetPath(folder: string, target: string, connection: string): Promise<string> {
  const path = resolve(folder, target)
  const root = await realpath(folder)
  const parent = await realpathOfNearest(dirname(path))
  if (target === '' || target.endsWith('/') || !isInside(folder, path) || !isInside(root, parent, true)) {
    const detail = `${target || 'an empty path'} is not a file inside ${folder}`
    throw sinkError('SINK_REFUSED', { connection, detail })
  }
  return path
}

/** The real path of the deepest folder that exists. */
async function realpathOfNearest(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    return realpathOfNearest(dirname(folder))
  }
}

function isInside(folder: string, path: string, orIs = false): boolean {
  const way = relative(folder, path)
  if (way === '') return orIs
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
