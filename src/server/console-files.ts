import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { serverError } from './errors.js'
import { CONSOLE_HEADERS } from './security/headers.js'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
}

/** Built files carry a digest of their content in their name: `static/index-B1x9_3aQ.js`. */
const DIGEST = /-[\w-]{8,}\.\w+$/

const NOT_BUILT = 'The console is not built into this copy of Millrace. The API is at /api/v1.\n'

/**
 * A file of the built console, or its page for any other address that a browser opens: the console's own router
 * knows what to show there. @throws ROUTE_UNKNOWN
 */
export async function consoleFile(
  folder: string | null,
  path: string,
  wantsPage: boolean,
): Promise<Response> {
  if (folder === null) {
    if (path !== '/') throw serverError('ROUTE_UNKNOWN', { path })
    return new Response(NOT_BUILT, { headers: { ...CONSOLE_HEADERS, 'Content-Type': TYPES['.txt']! } })
  }
  const file = (await fileAt(folder, path)) ?? (wantsPage ? await fileAt(folder, '/index.html') : null)
  if (file === null) throw serverError('ROUTE_UNKNOWN', { path })
  return new Response(new Uint8Array(await readFile(file)), {
    headers: {
      ...CONSOLE_HEADERS,
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Cache-Control': DIGEST.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  })
}

/** The regular file below `folder` that `path` names; null for anything else, wherever links may lead. */
async function fileAt(folder: string, path: string): Promise<string | null> {
  const decoded = decodedPath(path)
  if (decoded === null) return null
  const root = await realpath(folder).catch(() => null)
  const file = await realpath(join(folder, decoded === '/' ? 'index.html' : decoded)).catch(() => null)
  if (root === null || file === null || !file.startsWith(root + sep)) return null
  return (await stat(file)).isFile() ? file : null
}

function decodedPath(path: string): string | null {
  try {
    const decoded = decodeURIComponent(path)
    const isPlain = !/[\0\\]/.test(decoded) && !decoded.split('/').some((part) => part.startsWith('.'))
    return isPlain ? decoded : null
  } catch {
    return null
  }
}
