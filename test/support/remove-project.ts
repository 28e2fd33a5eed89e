import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { embeddedFacts } from '../../src/adapters/state/embedded/facts.js'

/**
 * Removes a project's folder and all its embedded Postgres keeps elsewhere: run as root in a private folder that is
 * a data folder outside, with a note beside it. A server that a killed process left running is ended first.
 */
export function removeProject(root: string): void {
  const { folder, socket, pid } = embeddedFacts(join(root, '.millrace'))
  if (pid !== null) process.kill(pid, 'SIGQUIT')
  for (const path of [folder, folder && `${folder}.json`, socket, root])
    if (path) rmSync(path, { recursive: true, force: true, maxRetries: 9 })
}
