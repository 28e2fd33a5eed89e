import type { Location } from '../../domain/diagnostic.js'
import { nearest } from '../diagnostics/nearest.js'
import type { YamlEntry, YamlNode } from '../yaml/tree.js'
import { fieldDiagnostic } from './diagnostics.js'
import { type Field, type JsonSchema, type Reading, type Shape, wrongType } from './shape.js'

export type Fields = Readonly<Record<string, Field>>

type ValueOf<F> = F extends Field<infer T> ? T : never
type RequiredNames<F extends Fields> = {
  [K in keyof F]: F[K] extends Field<unknown, true> ? K : never
}[keyof F]

/** The value that an object of these fields reads as. */
export type ObjectOf<F extends Fields> = Readonly<
  { [K in RequiredNames<F>]: ValueOf<F[K]> } & { [K in Exclude<keyof F, RequiredNames<F>>]?: ValueOf<F[K]> }
>

export const required = <T>(shape: Shape<T>, description: string): Field<T, true> => ({
  shape,
  description,
  required: true,
})

export const optional = <T>(shape: Shape<T>, description: string, fallback?: string): Field<T, false> => ({
  shape,
  description,
  required: false,
  ...(fallback !== undefined && { fallback }),
})

export type ObjectShape<F extends Fields> = Shape<ObjectOf<F>> & Readonly<{ fields: F }>

/** A map with known fields. `misplaced`: fields that belong elsewhere, with a hint where. */
export function object<F extends Fields>(
  fields: F,
  options: { what: string; example: string; misplaced?: Readonly<Record<string, string>> },
): ObjectShape<F> {
  const { what, example, misplaced = {} } = options
  return {
    fields,
    inner: fields,
    schema: objectSchema(fields),
    label: 'a map',
    example,
    read: (node, reading) => {
      if (node.kind !== 'map') return wrongType(node, reading, 'a map of fields', example, `Write ${example}`)
      const where = reading.path === '' ? what : `"${reading.path}"`
      const values: Record<string, unknown> = {}
      for (const entry of node.entries) {
        const field = Object.hasOwn(fields, entry.key) ? fields[entry.key] : undefined
        if (field === undefined) reportStranger(entry, where, { fields, misplaced }, reading)
        else values[entry.key] = field.shape.read(entry.value, child(reading, entry.key))
      }
      const complete = reportMissing(fields, node.entries, { where, at: node.at }, reading)
      const sound = Object.entries(fields).every(
        ([name, field]) => !field.required || values[name] !== undefined,
      )
      // Each value was read by the shape of its field; undefined ones were reported and count as absent.
      return complete && sound ? (dropUndefined(values) as ObjectOf<F>) : undefined
    },
  }
}

export function list<T>(
  item: Shape<T>,
  options: { single?: boolean; least?: number } = {},
): Shape<readonly T[]> {
  const { single = false, least = 0 } = options
  const many: JsonSchema = { type: 'array', items: item.schema, ...(least > 0 && { minItems: least }) }
  const example = `[${item.example}]`
  return {
    schema: single ? { anyOf: [item.schema, many] } : many,
    label: `a list of ${plural(item.label)}`,
    example,
    ...(item.inner && { inner: item.inner }),
    read: (node, reading) => {
      if (node.kind !== 'list') {
        if (!single || (node.kind === 'scalar' && node.value === null))
          return wrongType(node, reading, `a list`, example, `Put it in brackets: ${example}`)
        const only = item.read(node, reading)
        return only === undefined ? undefined : [only]
      }
      if (node.items.length < least) return reportShort(node, reading, example)
      const values = node.items.map((value, index) => item.read(value, child(reading, String(index + 1))))
      return values.filter((value) => value !== undefined)
    },
  }
}

/** A map whose keys the author chooses. Keys come with their places. */
export type Keyed<T> = Readonly<{ key: string; keyAt: Location; value: T }>

export function mapOf<T>(value: Shape<T>, example: string, empty?: T): Shape<readonly Keyed<T>[]> {
  return {
    schema: {
      type: 'object',
      additionalProperties: empty === undefined ? value.schema : { anyOf: [value.schema, { type: 'null' }] },
    },
    label: `a map of names to ${plural(value.label)}`,
    example,
    ...(value.inner && {
      inner: Object.fromEntries(
        Object.entries(value.inner).map(([name, field]) => [`<name>.${name}`, field]),
      ),
    }),
    read: (node, reading) => {
      if (node.kind !== 'map') return wrongType(node, reading, 'a map', example, `Write ${example}`)
      return node.entries.flatMap((entry) => {
        const isEmpty = entry.value.kind === 'scalar' && entry.value.value === null
        const read =
          isEmpty && empty !== undefined ? empty : value.read(entry.value, child(reading, entry.key))
        return read === undefined ? [] : [{ key: entry.key, keyAt: entry.keyAt, value: read }]
      })
    },
  }
}

/** Two ways to write a value: a short one, and a map of fields. */
export function shortOr<A, B>(short: Shape<A>, long: Shape<B>): Shape<A | B> {
  return {
    schema: { anyOf: [short.schema, long.schema] },
    label: `${short.label}, or ${long.label}`,
    example: long.example,
    ...(long.inner && { inner: long.inner }),
    read: (node, reading) => (node.kind === 'map' ? long.read(node, reading) : short.read(node, reading)),
  }
}

/** Another value out of the one read, same schema. */
export function mapped<A, B>(shape: Shape<A>, change: (value: A) => B): Shape<B> {
  return {
    ...shape,
    read: (node, reading) => {
      const value = shape.read(node, reading)
      return value === undefined ? undefined : change(value)
    },
  }
}

export const child = ({ path, report }: Reading, name: string): Reading => ({
  path: path === '' ? name : `${path}.${name}`,
  report,
})

function objectSchema(fields: Fields): JsonSchema {
  const names = Object.keys(fields).filter((name) => fields[name]?.required)
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(fields).map(([name, { shape, description, fallback }]) => [
        name,
        {
          ...shape.schema,
          description: fallback === undefined ? description : `${description} Left out: ${fallback}.`,
        },
      ]),
    ),
    ...(names.length > 0 && { required: names }),
    additionalProperties: false,
  }
}

function reportStranger(
  { key, keyAt, value }: YamlEntry,
  where: string,
  { fields, misplaced }: { fields: Fields; misplaced: Readonly<Record<string, string>> },
  { report }: Reading,
): void {
  const hint = Object.hasOwn(misplaced, key) ? misplaced[key] : undefined
  if (hint !== undefined) {
    report(fieldDiagnostic('FIELD_MISPLACED', { field: key, where, hint }, keyAt))
    return
  }
  const cut = /\s/.test(key) && value.kind === 'scalar' && value.value === null
  report(fieldDiagnostic('FIELD_UNKNOWN', { field: key, where, known: Object.keys(fields), cut }, keyAt))
}

function reportMissing(
  fields: Fields,
  entries: readonly YamlEntry[],
  { where, at }: { where: string; at: Location },
  { report }: Reading,
): boolean {
  const absent = Object.keys(fields).filter(
    (name) => fields[name]?.required && !entries.some(({ key }) => key === name),
  )
  if (absent.length === 0) return true
  const names = Object.keys(fields)
  // A misspelt field was reported as such; it is not missing as well.
  const present = new Set(
    entries.flatMap(({ key }) => [key, names.includes(key) ? null : nearest(key, names)]),
  )
  const missing = Object.entries(fields).filter(([name, field]) => field.required && !present.has(name))
  for (const [name, field] of missing)
    report(fieldDiagnostic('FIELD_MISSING', { field: name, where, example: field.shape.example }, at))
  return missing.length === 0
}

function reportShort(node: YamlNode, { path, report }: Reading, example: string): undefined {
  report(
    fieldDiagnostic(
      'FIELD_VALUE',
      { path, detail: 'is an empty list', hint: `Name at least one: ${example}` },
      node.at,
    ),
  )
  return undefined
}

const dropUndefined = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/** `a column of an asset` → `columns of an asset`. */
const plural = (label: string): string =>
  label.includes(',') ? 'values' : label.replace(/^(an? )?(\w+)/, '$2s')
