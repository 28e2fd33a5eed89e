import type { Json } from '../../base/json.js'
import type { Location } from '../../domain/diagnostic.js'
import { nearestType, normalizeType, TYPE_NAMES } from '../../sql/type-names.js'
import type { Report } from '../diagnostics/report.js'
import type { YamlNode, YamlScalar } from '../yaml/tree.js'
import { fieldDiagnostic } from './diagnostics.js'
import { DURATION_PATTERN, parseDuration } from './duration.js'

export type JsonSchema = { readonly [key: string]: Json }

/** Where a value stands in words (`time.grain`), and where mistakes go. */
export type Reading = Readonly<{ path: string; report: Report }>

/**
 * What a field may hold: one description that reads it, checks it, and becomes JSON Schema and documentation.
 * `read` gives undefined for a value it has reported.
 */
export type Shape<T> = Readonly<{
  schema: JsonSchema
  /** For sentences and the reference: `text`, `a duration`. */
  label: string
  example: string
  /** Fields of a map, or of the maps in a list, for the reference. */
  inner?: Readonly<Record<string, Field>>
  read: (node: YamlNode, reading: Reading) => T | undefined
}>

/** A field of a map: its shape, what it is for, and whether it must stand there. */
export type Field<T = unknown, R extends boolean = boolean> = Readonly<{
  shape: Shape<T>
  description: string
  required: R
  /** What holds when the field is left out, in words. */
  fallback?: string
}>

export type Located<T> = Readonly<{ value: T; at: Location }>

/** The value together with its place, for mistakes that are found later. */
export function located<T>(shape: Shape<T>): Shape<Located<T>> {
  return {
    ...shape,
    read: (node, reading) => {
      const value = shape.read(node, reading)
      return value === undefined ? undefined : { value, at: node.at }
    },
  }
}

export function text(label = 'text', example = 'a text', pattern?: string): Shape<string> {
  return {
    schema: { type: 'string', ...(pattern !== undefined && { pattern }) },
    label,
    example,
    read: (node, reading) => {
      if (node.kind === 'scalar' && typeof node.value === 'string')
        return nonEmpty(node.value, node, reading, label)
      return wrongType(node, reading, label, example, quoteHint(node))
    },
  }
}

/** Text that `check` finds fault with in words, or null. */
export function checkedText(
  base: Shape<string>,
  check: (value: string) => { detail: string; hint: string } | null,
): Shape<string> {
  return {
    ...base,
    read: (node, reading) => {
      const value = base.read(node, reading)
      const fault = value === undefined ? null : check(value)
      if (fault === null) return value
      reading.report(fieldDiagnostic('FIELD_VALUE', { path: reading.path, ...fault }, node.at))
      return undefined
    },
  }
}

export const boolean: Shape<boolean> = {
  schema: { type: 'boolean' },
  label: 'true or false',
  example: 'true',
  read: (node, reading) => {
    const value = node.kind === 'scalar' ? (node.meant ?? node.value) : null
    if (typeof value === 'boolean') return value
    // `yes` and its like were reported when the YAML was read.
    if (node.kind === 'scalar' && node.plain && /^(yes|no|on|off)$/i.test(node.text)) return undefined
    return wrongType(node, reading, 'true or false', 'true', 'Write true or false, without quotes.')
  },
}

export function number(bounds: { integer?: boolean; min?: number; max?: number } = {}): Shape<number> {
  const { integer = false, min, max } = bounds
  const label = integer ? 'a whole number' : 'a number'
  return {
    schema: {
      type: integer ? 'integer' : 'number',
      ...(min !== undefined && { minimum: min }),
      ...(max !== undefined && { maximum: max }),
    },
    label,
    example: String(min ?? 1),
    read: (node, reading) => {
      const value = node.kind === 'scalar' ? (node.meant ?? node.value) : null
      if (typeof value !== 'number' || !Number.isFinite(value))
        return wrongType(
          node,
          reading,
          label,
          String(min ?? 1),
          'Write digits only: no quotes, no separators, no unit.',
        )
      if (integer && !Number.isInteger(value))
        return wrongType(node, reading, label, '1', 'Leave out the fraction.')
      const fault =
        min !== undefined && value < min
          ? `less than ${min}`
          : max !== undefined && value > max
            ? `more than ${max}`
            : null
      if (fault === null) return value
      const detail = `is ${value}, ${fault}`
      const hint = `Allowed: ${min === undefined ? '' : `from ${min}`}${max === undefined ? '' : ` to ${max}`}.`
      reading.report(fieldDiagnostic('FIELD_VALUE', { path: reading.path, detail, hint }, node.at))
      return undefined
    },
  }
}

/** A duration as milliseconds. */
export const duration: Shape<number> = {
  schema: { type: 'string', pattern: DURATION_PATTERN },
  label: 'a duration',
  example: '2 hours',
  read: (node, { path, report }) => {
    if (node.kind !== 'scalar' || node.value === null)
      return wrongType(node, { path, report }, 'a duration', '2 hours', '')
    const ms = parseDuration(String(node.value))
    if (ms !== null) return ms
    report(fieldDiagnostic('DURATION_INVALID', { path, text: String(node.value) }, node.at))
    return undefined
  },
}

/** A duration in which something can happen. */
export const someDuration: Shape<number> = {
  ...duration,
  read: (node, reading) => {
    const ms = duration.read(node, reading)
    if (ms !== 0) return ms
    const { path, report } = reading
    report(
      fieldDiagnostic(
        'FIELD_VALUE',
        { path, detail: 'is no time at all', hint: 'Write a duration above zero, for example 30s.' },
        node.at,
      ),
    )
    return undefined
  },
}

export function choice<T extends string>(values: readonly T[]): Shape<T> {
  const label = `one of ${values.join(', ')}`
  const example = values[0] ?? ''
  return {
    schema: { enum: values },
    label,
    example,
    read: (node, { path, report }) => {
      if (node.kind !== 'scalar' || node.value === null)
        return wrongType(node, { path, report }, label, example, `Write ${label}.`)
      const found = values.find((value) => value === node.value)
      if (found === undefined)
        report(fieldDiagnostic('FIELD_CHOICE', { path, value: String(node.value), choices: values }, node.at))
      return found
    },
  }
}

/** An engine's type in the engine's own spelling. */
export const columnType: Shape<string> = {
  schema: { type: 'string', examples: [...TYPE_NAMES].slice(0, 8) },
  label: 'a type',
  example: 'integer',
  read: (node, reading) => {
    const written = text('a type', 'integer').read(node, reading)
    if (written === undefined) return undefined
    const type = normalizeType(written)
    if (type !== null) return type
    reading.report(
      fieldDiagnostic(
        'TYPE_UNKNOWN',
        { path: reading.path, type: written, nearest: nearestType(written) },
        node.at,
      ),
    )
    return undefined
  },
}

export type Scalar = string | number | boolean

export const scalar: Shape<Scalar> = {
  schema: { type: ['string', 'number', 'boolean'] },
  label: 'a text, a number, true or false',
  example: "'a text'",
  read: (node, reading) => {
    if (node.kind === 'scalar' && node.value !== null) return node.value
    return wrongType(
      node,
      reading,
      'a text, a number, true or false',
      "'a text'",
      'A single value is needed here.',
    )
  },
}

/** Reports a value of the wrong kind, an empty one in words of its own. */
export function wrongType(
  node: YamlNode,
  reading: Reading,
  wanted: string,
  example: string,
  hint: string,
): undefined {
  const { path, report } = reading
  if (node.kind === 'scalar' && node.value === null)
    report(fieldDiagnostic('FIELD_EMPTY', { path, wanted, example }, node.at))
  else
    report(
      fieldDiagnostic(
        'FIELD_TYPE',
        { path, wanted, got: kindOf(node), hint: hint || `For example: ${example}` },
        node.at,
      ),
    )
  return undefined
}

/** What a value is, in words. */
export function kindOf(node: YamlNode): string {
  if (node.kind === 'list') return 'a list'
  if (node.kind === 'map') return 'a map of fields'
  return typeof node.value === 'string'
    ? `the text "${node.value}"`
    : `the ${typeof node.value} ${String(node.value)}`
}

const quoteHint = (node: YamlNode): string =>
  node.kind === 'scalar' && node.value !== null
    ? `Quote it: '${node.text}'.`
    : 'Write it on one line, or as a block with |.'

function nonEmpty(value: string, node: YamlScalar, reading: Reading, wanted: string): string | undefined {
  if (value.trim() !== '') return value
  reading.report(fieldDiagnostic('FIELD_EMPTY', { path: reading.path, wanted, example: 'a text' }, node.at))
  return undefined
}
