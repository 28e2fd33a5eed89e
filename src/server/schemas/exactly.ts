import { z } from '@hono/zod-openapi'

/**
 * A type without `readonly`, with intersections made one object and without `undefined`, which JSON does not have: so
 * equal shapes are equal types.
 */
type Plain<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer E)[]
    ? Plain<E>[]
    : T extends object
      ? { -readonly [K in keyof T]: Plain<Exclude<T[K], undefined>> }
      : T

type Identical<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

type Same<A, B> = Identical<Plain<A>, Plain<B>>

/**
 * Takes a schema that describes exactly `T`: a field too many, too few or of another type is a compile error, so
 * what is documented cannot drift from what is answered.
 */
export const exactly =
  <T>() =>
  <S extends z.ZodType>(
    schema: S & (Same<z.output<S>, T> extends true ? unknown : { differs: Plain<z.output<S>> }),
  ): z.ZodType<T> =>
    // Equal but for `readonly`, as just proved.
    schema as unknown as z.ZodType<T>

export { z }
