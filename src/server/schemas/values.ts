import type { Json } from '../../base/json.js'
import type { Column } from '../../domain/column.js'
import type { Diagnostic } from '../../domain/diagnostic.js'
import type { Interval } from '../../domain/interval.js'
import { exactly, z } from './exactly.js'

/** Any JSON. Zod's own recursive schema has no place in an OpenAPI document, so it is described as "anything". */
export const json = z.unknown().openapi({ description: 'Any JSON value' }) as unknown as z.ZodType<Json>

export const instant = z.number().openapi({ description: 'Epoch milliseconds' })
export const milliseconds = z.number().openapi({ description: 'Milliseconds' })
export const assetName = z.string().openapi({ example: 'marts.traffic_hourly' })

/** For schemas with a name of their own: the document would otherwise ask of null to be an object as well. */
export const orNull = <S extends z.ZodType>(schema: S) => z.union([schema, z.null()])

export const interval = exactly<Interval>()(
  z.object({ start: instant, end: instant }).openapi('Interval', {
    description: 'A half-open range of event time',
  }),
)

export const column = exactly<Column>()(z.object({ name: z.string(), type: z.string() }).openapi('Column'))

export const diagnostic = exactly<Diagnostic>()(
  z
    .object({
      code: z.string(),
      severity: z.enum(['error', 'warning']),
      file: z.string(),
      line: z.number(),
      column: z.number(),
      message: z.string(),
      hint: z.string(),
    })
    .openapi('Diagnostic'),
)
