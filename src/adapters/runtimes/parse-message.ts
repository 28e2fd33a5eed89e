import { z } from 'zod'
import type { FromWorker } from './protocol.js'

const level = z.enum(['debug', 'info', 'warn', 'error'])
const count = z.number().int().nonnegative()
const tainted = z.string().nullable()
const place = { file: z.string().nullable(), line: z.number().int().nullable() }

const options = z
  .object({
    columns: z.array(z.string()).exactOptional(),
    orderBy: z.array(z.string()).exactOptional(),
    interval: z.object({ start: z.number(), end: z.number() }).exactOptional(),
  })
  .strict()

const failure = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['threw', 'not-loaded']),
    detail: z.string(),
    trace: z.array(z.string()),
    ...place,
  }),
  z.object({ kind: z.literal('row'), row: count, column: z.string(), detail: z.string() }),
  z.object({ kind: z.literal('undeclared-input'), input: z.string() }),
  z.object({ kind: z.literal('input-failed'), call: count, detail: z.string(), ...place }),
  z.object({ kind: z.literal('stalled') }),
  z.object({ kind: z.literal('out-of-memory') }),
  z.object({ kind: z.literal('aborted') }),
])

const message: z.ZodType<FromWorker> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('input'), call: count, name: z.string(), options }),
  z.object({ type: z.literal('log'), level, message: z.string() }),
  z.object({ type: z.literal('metric'), name: z.string(), value: z.number() }),
  z.object({ type: z.literal('progress'), rowsIn: count, rowsOut: count }),
  z.object({
    type: z.literal('done'),
    files: z.array(z.string()),
    rowsIn: count,
    rowsOut: count,
    peakMemoryBytes: count,
    tainted,
  }),
  z.object({ type: z.literal('failed'), failure, tainted }),
  z.object({ type: z.literal('exiting'), code: z.number().int() }),
])

/** A worker's line as a message; null where it is none, because something else wrote to the channel. */
export function parseMessage(line: string): FromWorker | null {
  try {
    return message.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
