import { z } from 'zod'
import type { Json } from '../../../base/json.js'
import { type Interval, mergeIntervals } from '../../../domain/interval.js'

export const json: z.ZodType<Json> = z.json()

export const interval = z.object({ start: z.number(), end: z.number() })

/** `int8multirange` as text. Bounds are whole milliseconds, half-open. */
export function rangesText(ranges: readonly Interval[] | 'all'): string {
  if (ranges === 'all') return '{(,)}'
  return `{${mergeIntervals(ranges)
    .map(({ start, end }) => `[${Math.floor(start)},${Math.ceil(end)})`)
    .join(',')}}`
}

const RANGES = /^\{(?:\[-?\d+,-?\d+\)(?:,\[-?\d+,-?\d+\))*)?\}$/
/** Everything, or what is left of everything after ranges were taken out of it. */
const UNBOUNDED = /^\{.*(?:\(,|,\)).*\}$/

const bounded = z
  .string()
  .regex(RANGES)
  .transform((text): Interval[] =>
    [...text.matchAll(/\[(-?\d+),(-?\d+)\)/g)].map(([, start, end]) => ({
      start: Number(start),
      end: Number(end),
    })),
  )

export const ranges = bounded
/** Any unbounded range counts as everything: building more than needed is safe. */
export const pendingRanges = z.union([
  bounded,
  z
    .string()
    .regex(UNBOUNDED)
    .transform(() => 'all' as const),
])
