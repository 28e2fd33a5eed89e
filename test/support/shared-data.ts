import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Real data that nobody here wrote, beside the repository or where `MILLRACE_SHARED_DATA` says; null where absent. */
export const sharedData: string | null = find()

function find(): string | null {
  const named = process.env.MILLRACE_SHARED_DATA
  if (named) return existsSync(named) ? named : null
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'shared/data')
    if (existsSync(join(path, 'csv-spectrum'))) return path
  }
  return null
}

/** What a skipped test says, so that nobody takes it for a passed one. */
export const SHARED_DATA_MISSING = 'SKIPPED, shared/data is not beside the repository: '
