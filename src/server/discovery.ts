import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { API_ROOT, SERVER_PATHS } from './paths.js'
import { proofOf, readToken, sameToken } from './security/token.js'

/** Where a project's server is found. */
export type ServerAddress = Readonly<{ url: string; pid: number; startedAt: number }>

/** A server that answers and has proved that it knows the token. */
export type FoundServer = ServerAddress & Readonly<{ token: string }>

const addressPath = (home: string): string => join(home, 'server.json')

/** A server on this machine answers within ms; a busy one within this. */
const ANSWER_MS = 5_000

/**
 * The project's server, if one runs. What a dead one left is nobody's: something else may listen on its port by now,
 * so it has to prove itself before it is sent the token.
 */
export async function findServer(home: string): Promise<FoundServer | null> {
  const address = await readAddress(home)
  if (address === null) return null
  const token = await readToken(home)
  if (token === null || !(await provesItself(address.url, token))) return null
  return { ...address, token }
}

async function readAddress(home: string): Promise<ServerAddress | null> {
  try {
    const { url, pid, startedAt } = JSON.parse(await readFile(addressPath(home), 'utf8')) as ServerAddress
    const isWhole = typeof url === 'string' && typeof pid === 'number' && typeof startedAt === 'number'
    return isWhole ? { url, pid, startedAt } : null
  } catch {
    // Not there, or cut off by a machine that stopped: the same as no server.
    return null
  }
}

async function provesItself(url: string, token: string): Promise<boolean> {
  const nonce = randomBytes(24).toString('base64url')
  try {
    const response = await fetch(`${url}${API_ROOT}${SERVER_PATHS.proof.path}?nonce=${nonce}`, {
      signal: AbortSignal.timeout(ANSWER_MS),
      redirect: 'error',
    })
    const { proof } = (await response.json()) as { proof?: unknown }
    return typeof proof === 'string' && sameToken(proof, proofOf(token, nonce))
  } catch {
    return false
  }
}

/**
 * Says where the server is; returns another one that answers and has said so first. Two that start at the same moment
 * cannot both succeed: a link is made by one of them only.
 */
export async function announce(home: string, address: ServerAddress): Promise<FoundServer | null> {
  const draft = join(home, `server-${address.pid}-${randomBytes(4).toString('hex')}.json`)
  await writeFile(draft, `${JSON.stringify(address)}\n`, { mode: 0o600 })
  try {
    for (;;) {
      try {
        await link(draft, addressPath(home))
        return null
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const other = await findServer(home)
      // A dead server had the same address: what answers there now is the one that announces itself.
      if (other !== null && other.url !== address.url) return other
      // Left by a dead one. Moved away under a name of its own, so that a fresh one is never removed by mistake.
      await rename(addressPath(home), `${draft}.old`).catch((error: NodeJS.ErrnoException) => {
        // Another one was faster. What cannot be moved at all would be met again and again.
        if (error.code !== 'ENOENT') throw error
      })
      await rm(`${draft}.old`, { force: true, recursive: true })
    }
  } finally {
    await rm(draft, { force: true })
  }
}

/** Takes the announcement back, if it is still this server's. */
export async function withdraw(home: string, { pid, startedAt }: ServerAddress): Promise<void> {
  const known = await readAddress(home)
  if (known?.pid === pid && known.startedAt === startedAt) await rm(addressPath(home), { force: true })
}
