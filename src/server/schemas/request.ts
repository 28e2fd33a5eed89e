import { z } from './exactly.js'

// Parameters of paths and queries are text; what they mean is said once here. Nothing is made to fit in silence.

/** A whole number from 0, as text, that JavaScript holds exactly. */
const digits = z.string().regex(/^\d{1,15}$/, 'must be a whole number')
const whole = { type: 'integer', minimum: 0, maximum: 10 ** 15 - 1 } as const

export const number = digits.transform(Number).openapi(whole)

/** At most `most`; `usual` where it is left out. */
export const limit = (usual: number, most: number) =>
  digits
    .transform(Number)
    .refine((value) => value <= most, `must be at most ${most}`)
    .optional()
    .transform((value) => value ?? usual)
    .openapi({ type: 'integer', minimum: 0, maximum: most, default: usual })

export const numberOr = (usual: number) =>
  digits
    .optional()
    .transform((value) => (value === undefined ? usual : Number(value)))
    .openapi({ ...whole, default: usual })

export const orNull = <S extends z.ZodType>(schema: S) =>
  schema.optional().transform((value) => (value === undefined ? null : value))

/** Names and words are short; longer ones are a mistake or worse. */
export const text = z.string().max(1_000)
export const name = z.string().min(1).max(300)

export const planFields = {
  select: z.string().max(10_000).nullable().default(null),
  full: z.boolean().default(false),
  start: text.nullable().default(null),
  end: text.nullable().default(null),
}
