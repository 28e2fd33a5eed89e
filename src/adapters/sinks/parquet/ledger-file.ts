import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf } from '../../../base/errors.js'
import { sinkError } from '../errors.js'
import { writeBeside } from './write-beside.js'

/** Beside the files it speaks of, so that a folder that is moved keeps its story. */
export const LEDGER_FILE = '.millrace-deliveries.json'

const entrySchema = z.object({
  project: z.string(),
  environment: z.string(),
  delivery: z.string(),
  target: z.string(),
  release: z.number().int(),
  /** ISO 8601. */
  released_at: z.iso.datetime(),
  rows: z.number().int(),
  bytes: z.number().int(),
})
const ledgerSchema = z.object({ deliveries: z.array(entrySchema) })

export type FileLedgerEntry = z.infer<typeof entrySchema>

export async function readLedgerFile(folder: string, connection: string): Promise<FileLedgerEntry[]> {
  const path = join(folder, LEDGER_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  try {
    return ledgerSchema.parse(JSON.parse(text)).deliveries
  } catch (cause) {
    const detail = `${path} is not a ledger of deliveries (${messageOf(cause).split('\n')[0]}); move it away`
    throw sinkError('SINK_REFUSED', { connection, detail }, { cause })
  }
}

/** Replaces the ledger in one rename. */
export async function writeLedgerFile(folder: string, deliveries: readonly FileLedgerEntry[]): Promise<void> {
  const beside = await writeBeside(join(folder, LEDGER_FILE), `${JSON.stringify({ deliveries }, null, 2)}\n`)
  await beside.moveIntoPlace()
}
