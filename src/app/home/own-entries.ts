import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Project } from '../../domain/project.js'

/** What Millrace itself makes in a home; the embedded Postgres looks after its own folder. */
const FOLDERS: ReadonlySet<string> = new Set(['logs', 'reports', 'tmp'])
const FILES = /^(token|server(-.*)?\.json|millrace\.log(\.\d+)?|postgres\.(json|log)(\..*)?)$/

export type Place = Pick<Project, 'home' | 'warehouse'>

/** Paths in the home that hold rows, logs or secrets. Whatever else somebody put there is his. */
export function ownEntries({ home, warehouse }: Place): string[] {
  const rows = dirname(warehouse.path) === home ? basename(warehouse.path) : null
  return readdirSync(home, { withFileTypes: true })
    .filter((entry) => {
      if (entry.isDirectory()) return FOLDERS.has(entry.name)
      const isRows = rows !== null && (entry.name === rows || entry.name.startsWith(`${rows}.`))
      return entry.isFile() && (isRows || FILES.test(entry.name))
    })
    .map(({ name }) => join(home, name))
}
