import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { isRoot } from './account.js'
import { type Cluster, clusterOf, readIdentity } from './cluster.js'
import { rootsFolders } from './place.js'
import { postmasterPid } from './postmaster.js'

/** Data outside a home that is gone, or has begun anew since. */
export type LeftBehind = Readonly<{
  place: string
  /** The file beside it that says whose it was. */
  note: string
  home: string
  /** Of a server that still runs on it. */
  pid: number | null
}>

const noteSchema = z.object({ id: z.string(), home: z.string() })
type Note = z.infer<typeof noteSchema>

const NOTE = /^[0-9a-f]{16}-[0-9a-f]{12}\.json$/
const noteOf = (place: string): string => `${place}.json`
const placeOf = (note: string): string => note.slice(0, -'.json'.length)

/**
 * Data outside its home goes on when the project's folder is removed; a note beside it tells whose it is. Not within:
 * that folder is the server's, and root writes where only root may.
 */
export function noteHome({ id, home, place }: Cluster): void {
  if (!isRoot() || dirname(place) === home) return
  const note: Note = { id, home }
  try {
    const known = readNote(noteOf(place))
    if (known?.id === id && known.home === home) return
    sweepNotes(dirname(place))
    const draft = `${noteOf(place)}.${randomBytes(6).toString('hex')}`
    writeFileSync(draft, `${JSON.stringify(note)}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(draft, noteOf(place))
  } catch {
    // The project runs without its note.
  }
}

/** A note is written when its folder is there, so one without is of data that was removed. */
function sweepNotes(folder: string): void {
  for (const note of notesIn(folder)) if (!isFolder(placeOf(note))) rmSync(note, { force: true })
}

const notesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => NOTE.test(name))
    .map((name) => join(folder, name))

/**
 * What removed projects have left. It is never removed from here: a project that was moved, or whose disk is not there
 * today, looks the same until its next start.
 */
export function leftBehind(): readonly LeftBehind[] {
  if (!isRoot()) return []
  return rootsFolders().flatMap(notesIn).flatMap(leftAt)
}

function leftAt(note: string): LeftBehind[] {
  const place = placeOf(note)
  const known = readNote(note)
  if (known === null || !isFolder(place) || isInUse(known)) return []
  const pid = postmasterPid(clusterOf(known.home, { ...known, place, socket: '' }))
  return [{ place, note, home: known.home, pid }]
}

/** A home that cannot be read is somebody's. */
function isInUse({ id, home }: Note): boolean {
  try {
    return readIdentity(home)?.id === id
  } catch {
    return true
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

function readNote(path: string): Note | null {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}
