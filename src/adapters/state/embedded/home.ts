import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { serverAccount } from './account.js'

/**
 * What a project's `.millrace` allows: everything to its owner, nothing to others. Where the server runs as another
 * account that one has to walk through to its data, and so may everybody, without seeing what else is there.
 */
export function homeMode(home: string): number {
  const account = serverAccount(home)
  const owner = statSync(home, { throwIfNoEntry: false })?.uid
  return account === null || account.uid === owner ? 0o700 : 0o711
}

/** Makes the home if there is none. One that is there is left as it is. */
export function makeHome(home: string): void {
  const first = mkdirSync(home, { recursive: true })
  if (first !== undefined) chmodSync(home, homeMode(home))
}
