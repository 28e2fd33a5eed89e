import { chmodSync, lstatSync } from 'node:fs'
import { isRoot } from '../../adapters/state/embedded/account.js'
import { homeMode, makeHome } from '../../adapters/state/embedded/home.js'
import { keepFilesPrivate, OTHERS } from '../../base/private-files.js'
import { ownEntries, type Place } from './own-entries.js'

/**
 * Makes the project's home, or closes one that an earlier Millrace or a copy left open: nobody but its owner reads
 * rows, logs and secrets. What cannot be closed is left open, and `doctor` tells: a run needs its home, not its modes.
 */
export function openHome(place: Place): void {
  try {
    makeHome(place.home)
    const stats = lstatSync(place.home)
    // A link leads to a folder that somebody else made, perhaps for more than this.
    if (!stats.isSymbolicLink()) {
      narrow(place.home, homeMode(place.home))
      // Root who looks after somebody's project leaves files that its owner can read; the folder keeps others out.
      if (isRoot() && stats.uid !== 0) return
    }
    keepFilesPrivate()
    for (const path of ownEntries(place)) narrow(path, 0o777 & ~OTHERS)
  } catch {
    // Whoever writes there next says what is wrong with it.
  }
}

/** Takes away what `most` does not allow. Never gives anything. */
function narrow(path: string, most: number): void {
  try {
    const { mode } = lstatSync(path)
    if ((mode & 0o777 & ~most) !== 0) chmodSync(path, mode & (0o7000 | most))
  } catch {
    // Another account's, or a file system without modes.
  }
}
