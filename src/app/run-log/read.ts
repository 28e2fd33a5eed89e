import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { LogLine } from '../api/shapes.js'
import { logFile } from './place.js'

const lineSchema = z.object({
  line: z.number(),
  at: z.number(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  asset: z.string().nullable(),
  message: z.string(),
  fields: z.record(z.string(), z.unknown()),
})

export type LogRequest = Readonly<{
  run: number
  /** Null: lines of every asset and of none. */
  asset: string | null
  /** Lines with a higher number only. */
  after: number
  limit: number
}>

/** Lines of one run in order. Empty where the run's log is no longer kept. */
export async function readRunLog(home: string, request: LogRequest): Promise<readonly LogLine[]> {
  const file = logFile(home, request.run)
  if (!existsSync(file)) return []
  const found: LogLine[] = []
  const input = createReadStream(file)
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      const line = parse(text)
      if (!line || line.line <= request.after) continue
      if (request.asset !== null && line.asset !== request.asset) continue
      found.push(line)
      if (found.length >= request.limit) break
    }
  } finally {
    input.destroy()
  }
  return found
}

/** Null for a line that was cut off by a crash. */
function parse(text: string): LogLine | null {
  try {
    return lineSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
