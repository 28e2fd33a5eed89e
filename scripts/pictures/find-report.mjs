import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The first report of the newest period below a folder of reports; null where none is rendered. */
export function findReport(folder) {
  if (!existsSync(folder)) return null
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.html'))
  const period = (file) => file.slice(file.lastIndexOf('/') + 1)
  files.sort((a, b) => period(b).localeCompare(period(a)) || a.localeCompare(b))
  return files[0] ? join(folder, files[0]) : null
}
