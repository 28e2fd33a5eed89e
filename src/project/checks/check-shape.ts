import {
  type Check,
  type CheckKind,
  ON_FAIL,
  type OnFail,
  ROW_CHECKS,
  SEVERITIES,
  type Severity,
} from '../../domain/check.js'
import type { Location } from '../../domain/diagnostic.js'
import type { Report } from '../diagnostics/report.js'
import { child, type Fields, object, optional } from '../shapes/composite-shape.js'
import { choice, type JsonSchema, number, type Reading, type Shape, text } from '../shapes/shape.js'
import type { YamlEntry, YamlNode } from '../yaml/tree.js'
import {
  CHECK_KINDS,
  type CheckKindSpec,
  type CheckPlace,
  type Rule,
  takesTolerance,
  takesWhere,
} from './check-kinds.js'
import { checkDiagnostic } from './diagnostics.js'

/** Fields that every check may have beside its own. */
export const CHECK_OPTIONS = {
  name: optional(
    text('a name', 'more_out_than_in'),
    'Name of the check, unique in the asset.',
    'its kind and column',
  ),
  severity: optional(choice(SEVERITIES), 'Who is told when it fails.', 'error'),
  on_fail: optional(
    choice(ON_FAIL),
    'What happens to the rows when it fails: released all the same, the bad ones set aside, not delivered, or none released.',
    'block',
  ),
  where: optional(text('a condition', "country = 'IE'"), 'SQL condition that picks the rows to look at.'),
  tolerance: optional(
    number({ min: 0, max: 1 }),
    'Fraction of rows, 0 to 1, that may fail before the check does.',
    '0',
  ),
} as const

type Options = Readonly<{
  name?: string
  severity?: Severity
  on_fail?: OnFail
  where?: string
  tolerance?: number
}>

/** A check as written; it becomes one where its column is known. */
export type CheckDraft = Readonly<{
  kind: CheckKind
  at: Location
  build: (place: Omit<CheckPlace, 'at'>) => Check | null
}>

const NAMES = Object.keys(CHECK_KINDS)

/** Fields of a kind and those of every check. Made once: a project has thousands of checks. */
const FIELD_SHAPES = new Map(
  Object.entries(CHECK_KINDS).map(([kind, { fields, example }]) => [
    kind,
    object<Fields>({ ...fields, ...CHECK_OPTIONS }, { what: `the check "${kind}"`, example }),
  ]),
)

/** A check under `level`: its name alone, or a map of its name and its fields. */
export function checkShape(level: 'column' | 'table'): Shape<CheckDraft> {
  return {
    schema: checkSchema(level),
    label: 'a check',
    example: level === 'column' ? 'not_null' : 'row_count: { min: 1 }',
    read: (node, reading) => readCheck(node, level, reading),
  }
}

function readCheck(node: YamlNode, level: 'column' | 'table', reading: Reading): CheckDraft | undefined {
  const entry = entryOf(node, reading)
  if (entry === undefined) return undefined
  if (!Object.hasOwn(CHECK_KINDS, entry.key)) {
    reading.report(checkDiagnostic('CHECK_UNKNOWN', { check: entry.key, known: NAMES }, entry.keyAt))
    return undefined
  }
  const kind = entry.key as CheckKind // It is a key of CHECK_KINDS.
  const spec = CHECK_KINDS[kind]
  if (level === 'column' && spec.level === 'table') {
    reading.report(checkDiagnostic('CHECK_NOT_FOR_COLUMN', { check: kind }, entry.keyAt))
    return undefined
  }
  let isSound = true
  const report: Report = (diagnostic) => {
    isSound = false
    reading.report(diagnostic)
  }
  const values = readFields(kind, spec, entry, child({ ...reading, report }, kind))
  if (values === undefined || !isSound) return undefined
  const at = entry.keyAt
  return { kind, at, build: (place) => build(kind, values, { ...place, at }) }
}

/** `not_null`, or `{ row_count: … }` as its only entry. */
function entryOf(node: YamlNode, { report }: Reading): YamlEntry | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'string')
    return {
      key: node.value,
      keyAt: node.at,
      value: { kind: 'scalar', value: null, text: '', plain: true, at: node.at },
    }
  if (node.kind === 'map' && node.entries.length === 1) return node.entries[0]
  const detail =
    node.kind !== 'map'
      ? 'it has no name'
      : `it has several names, ${node.entries.map((entry) => entry.key).join(', ')}; its fields belong inside its braces`
  report(checkDiagnostic('CHECK_FORM', { detail }, node.at))
  return undefined
}

function readFields(
  kind: CheckKind,
  spec: CheckKindSpec,
  { value }: YamlEntry,
  reading: Reading,
): Readonly<Record<string, unknown>> | undefined {
  const shape = FIELD_SHAPES.get(kind)
  if (shape === undefined) return undefined
  if (value.kind === 'scalar' && value.value === null)
    return shape.read({ kind: 'map', entries: [], at: value.at }, reading)
  const short = spec.short
  if (value.kind === 'map' || short === undefined) return shape.read(value, reading)
  return shape.read({ kind: 'map', entries: [{ key: short, keyAt: value.at, value }], at: value.at }, reading)
}

function build(kind: CheckKind, values: Readonly<Record<string, unknown>>, place: CheckPlace): Check | null {
  const options = values as Options // Read by the shapes of CHECK_OPTIONS.
  const rule = CHECK_KINDS[kind].rule(values, place)
  if (rule === null || !honours(kind, options, place)) return null
  const check = {
    ...rule,
    name: options.name ?? defaultName(rule),
    severity: options.severity ?? 'error',
    onFail: options.on_fail ?? 'block',
    ...(options.where !== undefined && { where: options.where }),
    ...(options.tolerance !== undefined && { tolerance: options.tolerance }),
    line: place.at.line,
  }
  return check as Check // A rule of its kind with the shared fields.
}

function honours(
  check: CheckKind,
  { on_fail, where, tolerance }: Options,
  { at, report }: CheckPlace,
): boolean {
  if (on_fail === 'quarantine' && !ROW_CHECKS.has(check))
    report(checkDiagnostic('CHECK_CANNOT_QUARANTINE', { check }, at))
  else if (where !== undefined && !takesWhere(check))
    report(checkDiagnostic('CHECK_OPTION', { check, option: 'where' }, at))
  else if (tolerance !== undefined && !takesTolerance(check))
    report(checkDiagnostic('CHECK_OPTION', { check, option: 'tolerance' }, at))
  else return true
  return false
}

/** Stable across edits of other checks. */
function defaultName(rule: Rule): string {
  if ('columns' in rule && rule.kind === 'unique') return `unique:${rule.columns.join(',')}`
  return 'column' in rule ? `${rule.kind}:${rule.column}` : rule.kind
}

function checkSchema(level: 'column' | 'table'): JsonSchema {
  const kinds = Object.entries(CHECK_KINDS).filter(([, spec]) => level === 'table' || spec.level !== 'table')
  const bare = kinds
    .filter(([, { fields }]) => !Object.values(fields).some((field) => field.required))
    .map(([name]) => name)
  return { anyOf: [{ enum: bare }, ...kinds.map(([name, spec]) => kindSchema(name, spec))] }
}

function kindSchema(name: string, spec: CheckKindSpec): JsonSchema {
  const short = spec.short === undefined ? undefined : spec.fields[spec.short]?.shape.schema
  return {
    type: 'object',
    description: spec.description,
    properties: {
      [name]: {
        anyOf: [
          FIELD_SHAPES.get(name)?.schema ?? {},
          ...(short === undefined ? [] : [short]),
          ...(hasRequired(spec) ? [] : [{ type: 'null' }]),
        ],
      },
    },
    required: [name],
    additionalProperties: false,
  }
}

const hasRequired = ({ fields }: CheckKindSpec): boolean =>
  Object.values(fields).some((field) => field.required)
