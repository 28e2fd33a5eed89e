import { expect, test } from 'vitest'
import { exactly, z } from '../../../src/server/schemas/exactly.js'

type Shape = Readonly<{
  name: string
  rows: readonly number[]
  kind: 'a' | 'b'
  more?: string
  at: number | null
}>

test('a schema of exactly the type is taken, and any other is a compile error', () => {
  const good = z.object({
    name: z.string(),
    rows: z.array(z.number()),
    kind: z.enum(['a', 'b']),
    more: z.string().optional(),
    at: z.number().nullable(),
  })
  const taken: z.ZodType<Shape> = exactly<Shape>()(good)
  expect(taken).toBe(good)
  // @ts-expect-error a field is missing
  exactly<Shape>()(good.omit({ name: true }))
  // @ts-expect-error an optional field is missing
  exactly<Shape>()(good.omit({ more: true }))
  // @ts-expect-error a field too many
  exactly<Shape>()(good.extend({ extra: z.string() }))
  // @ts-expect-error a field of another type
  exactly<Shape>()(good.extend({ at: z.number() }))
  // @ts-expect-error a word too many
  exactly<Shape>()(good.extend({ kind: z.enum(['a', 'b', 'c']) }))
  // @ts-expect-error optional where it must be there
  exactly<Shape>()(good.extend({ name: z.string().optional() }))
})
