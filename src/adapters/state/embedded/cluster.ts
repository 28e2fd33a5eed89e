import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { type Account, serverAccount } from './account.js'
import { embeddedFailed as failed, logPath, systemCode } from './failed.js'
import { makeHome } from './home.js'
import { choosePlace, chooseSocket } from './place.js'

/**
 * A project's own Postgres: where its files are and who it runs as.
 *
 * `<home>/postgres.json` holds a random id. The data folder's place and the socket folder carry the same id, so
 * data left behind by a removed project is never taken for the present one's, and a project that was moved
 * finds its data again.
 */
export type Cluster = Readonly<{
  id: string
  home: string
  /** Folder of everything the server owns; `data` is below it. */
  place: string
  data: string
  /** Folder of the unix socket. */
  socket: string
  log: string
  account: Account | null
}>

const IDENTITY = 'postgres.json'

const identitySchema = z.object({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  /** Where the project was when this was written; tells a copied project from a moved one. */
  home: z.string(),
  /** Relative to `home`, or absolute. */
  place: z.string(),
  socket: z.string(),
})
export type Identity = z.infer<typeof identitySchema>

/** In every title and command line of the server's processes; survives a moved folder and a reused pid. */
export const clusterName = (id: string): string => `millrace_${id}`

/** The cluster a home already has, or null. Looks only at `postgres.json`. */
export function knownCluster(home: string): Cluster | null {
  const identity = readIdentity(home)
  return identity && clusterOf(realpathSync(home), identity)
}

/** The cluster of `home`; the first time it gets an id and a place, exactly once among racing processes. */
export function claimCluster(home: string): Cluster {
  requireHome(home)
  const real = realpathSync(home)
  const identity = readIdentity(real) ?? createIdentity(real)
  return clusterOf(real, identity)
}

/** Whether the home still says so; it may have been removed, and made again. */
export function isCurrent(cluster: Cluster): boolean {
  try {
    return readIdentity(cluster.home)?.id === cluster.id
  } catch {
    return false
  }
}

export const clusterOf = (home: string, identity: Identity): Cluster => {
  const place = isAbsolute(identity.place) ? identity.place : join(home, identity.place)
  return {
    id: identity.id,
    home,
    place,
    data: join(place, 'data'),
    socket: identity.socket,
    log: logPath(home),
    account: serverAccount(join(place, 'data')),
  }
}

function requireHome(home: string): void {
  try {
    makeHome(home)
  } catch (cause) {
    throw failed(home, `${home} cannot be made (${systemCode(cause)})`, cause)
  }
}

export function readIdentity(home: string): Identity | null {
  const file = join(home, IDENTITY)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return null
    throw failed(home, `${file} cannot be read (${systemCode(cause)})`, cause)
  }
  try {
    return identitySchema.parse(JSON.parse(text))
  } catch (cause) {
    throw failed(home, `${file} is damaged; remove ${home} to begin with an empty state`, cause)
  }
}

/** Written whole under another name, then linked: of two processes one wins and both read the same. */
function createIdentity(home: string): Identity {
  const draft = writeDraft(home, newIdentity(home))
  try {
    linkSync(draft, join(home, IDENTITY))
  } catch (cause) {
    if (!existsSync(join(home, IDENTITY)))
      throw failed(home, `${home} cannot be written (${systemCode(cause)})`, cause)
  } finally {
    rmSync(draft, { force: true })
  }
  const identity = readIdentity(home)
  if (identity === null) throw failed(home, `${home} was removed while it was being set up`)
  return identity
}

export function replaceIdentity(home: string, identity: Identity): void {
  renameSync(writeDraft(home, identity), join(home, IDENTITY))
}

function writeDraft(home: string, identity: Identity): string {
  const draft = join(home, `${IDENTITY}.${randomBytes(6).toString('hex')}`)
  try {
    const file = openSync(draft, 'w', 0o600)
    writeSync(file, `${JSON.stringify(identity, null, 2)}\n`)
    fsyncSync(file)
    closeSync(file)
  } catch (cause) {
    throw failed(home, `${home} cannot be written (${systemCode(cause)})`, cause)
  }
  return draft
}

export function newIdentity(home: string): Identity {
  const id = randomBytes(6).toString('hex')
  return { id, home, place: choosePlace(home, id), socket: chooseSocket(id) }
}
