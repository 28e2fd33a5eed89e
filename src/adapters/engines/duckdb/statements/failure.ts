import { basename } from 'node:path'
import { MillraceError, messageOf } from '../../../../base/errors.js'
import { engineError } from '../../errors.js'
import type { StatementText } from './statement-text.js'

/** What DuckDB says about an error. Connections are set to say it as JSON, which names its type and place. */
export type DriverFailure = Readonly<{ type: string; message: string; position: number | null }>

const TEXT_FORM = /^([A-Z][A-Za-z ]*?) Error: ([\s\S]*)$/

export function driverFailure(error: unknown): DriverFailure {
  const text = messageOf(error)
  const brace = text.indexOf('{"exception_type"')
  const parsed = brace >= 0 ? parseJson(text.slice(brace)) : null
  if (parsed) return parsed
  const match = TEXT_FORM.exec(text)
  return { type: match?.[1] ?? '', message: readable(match?.[2] ?? text), position: null }
}

function parseJson(text: string): DriverFailure | null {
  try {
    // DuckDB's own error document; every field is optional but the type.
    const json = JSON.parse(text) as {
      exception_type?: string
      exception_message?: string
      position?: string
    }
    return {
      type: json.exception_type ?? '',
      message: readable(json.exception_message ?? ''),
      position: json.position === undefined ? null : Number(json.position),
    }
  } catch {
    return null
  }
}

/** One line, without the engine's drawing of the place and without names that only Millrace uses. */
function readable(message: string): string {
  return (
    message
      .replace(/\n+LINE \d+:[\s\S]*$/, '')
      .replace(/\n\s*file = [\s\S]*$/, (dialect) => ` (${/file = (.*)/.exec(dialect)?.[1] ?? ''})`)
      .replace(/\n\* [\s\S]*?(?=\n\n|$| \()/g, '')
      .replace(/\n\s*Candidate functions:[\s\S]*$/, '')
      .replace(OWN_CATALOG, '')
      // The same table, seen in two catalogs.
      .replace(/"([^"]+) or \1"/, '"$1"')
      .replace(ADVICE, '')
      .replace(/\s*\n\s*/g, ' ')
      .trim()
  )
}

/** What would help someone who calls the engine's reader himself. */
const ADVICE =
  /\n\s*(Possible (solutions|fixes):|Try setting|This type was auto-detected)[\s\S]*?(?= \([^()]*\)$|$)/

const OWN_CATALOG =
  /"millrace_(?:warehouse|run_\d+_\d+|bind_\d+)"\.|millrace_(?:warehouse|run_\d+_\d+|bind_\d+)\./g

/** Byte offset in the author's text, null where DuckDB names no place. `prefix` is what Millrace put before it. */
export function failureOffset(
  failure: DriverFailure,
  statement: StatementText,
  prefix: string,
): number | null {
  if (failure.position === null) return null
  const index = toIndex(prefix + statement.text, failure) - prefix.length
  if (index < 0) return null
  return Buffer.byteLength(statement.source.slice(0, statement.origin(index)))
}

/** Syntax errors count code points; everything else DuckDB says counts bytes. */
function toIndex(text: string, { type, position }: DriverFailure): number {
  const place = position ?? 0
  return type === 'Parser'
    ? Array.from(text).slice(0, place).join('').length
    : Buffer.from(text).subarray(0, place).toString().length
}

const NO_VALUE = /parameters, but none were supplied|Values were not provided for/

/** `message (line 3, column 7)`, by the author's text. */
export function describeFailure(failure: DriverFailure, statement?: StatementText, prefix = ''): string {
  const [missing] = statement?.missing ?? []
  if (missing !== undefined && NO_VALUE.test(failure.message)) return `${missing} has no value`
  const offset = statement ? failureOffset(failure, statement, prefix) : null
  if (offset === null || !statement) return failure.message
  const lines = Buffer.from(statement.source).subarray(0, offset).toString().split('\n')
  return `${failure.message} (line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1})`
}

export type FailureContext = Readonly<{
  /** Whose statement it is: an asset's name. */
  asset: string
  statement?: StatementText
  prefix?: string
  /** The statement reads rows that were handed in, so unfit values are the input's fault. Files, where it reads files. */
  input?: Readonly<{ paths: readonly string[] }>
}>

const NO_SPACE = /no space left|max_temp_directory_size|disk full|not enough disk/i
const INPUT_TYPES: ReadonlySet<string> = new Set([
  'Conversion',
  'Invalid Input',
  'IO',
  'Binder',
  'Out of Range',
])

/** Driver errors leave an engine with a code. Errors that have one pass through. */
export function engineFailure(error: unknown, context: FailureContext): Error {
  if (error instanceof MillraceError) return error
  const failure = driverFailure(error)
  const told = describeFailure(failure, context.statement, context.prefix)
  const detail = withFile(told, context.input?.paths ?? [])
  return engineError(codeOf(failure, context), { asset: context.asset, detail }, { cause: error })
}

/** DuckDB names the file in most of its errors; in the others it is added. */
function withFile(detail: string, paths: readonly string[]): string {
  const names = paths.map((path) => basename(path))
  const [first] = names
  if (first === undefined || names.some((name) => detail.includes(name))) return detail
  return `${detail} (${first}${names.length > 1 ? ` and ${names.length - 1} more` : ''})`
}

function codeOf({ type, message }: DriverFailure, context: FailureContext) {
  if (NO_SPACE.test(message)) return 'ENGINE_OUT_OF_DISK'
  if (type === 'Out of Memory') return 'ENGINE_OUT_OF_MEMORY'
  if (type === 'TransactionContext' || /write-write conflict|^Conflict on/i.test(message))
    return 'ENGINE_CONFLICT'
  if (context.input && INPUT_TYPES.has(type)) return 'ENGINE_INPUT_UNREADABLE'
  return 'ENGINE_STATEMENT_FAILED'
}
