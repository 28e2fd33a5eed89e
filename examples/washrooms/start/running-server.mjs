import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from './app-database.mjs'

/** The server that keeps this project, if one answers: `{ url }`. */
export async function runningServer() {
  let noted
  try {
    noted = JSON.parse(readFileSync(join(project, '.millrace', 'server.json'), 'utf8'))
  } catch {
    return null
  }
  // Any answer will do, a refusal too: somebody is there.
  const answers = await fetch(`${noted.url}/api/v1/status`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => null,
  )
  return answers && { url: noted.url }
}
