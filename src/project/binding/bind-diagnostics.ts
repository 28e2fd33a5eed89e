import type { Json } from '../../base/json.js'
import { type Asset, type AssetName, declaredTypes } from '../../domain/asset.js'
import type { Check } from '../../domain/check.js'
import type { Column } from '../../domain/column.js'
import type { Diagnostic, Location } from '../../domain/diagnostic.js'
import type { Project } from '../../domain/project.js'
import type { BindRequest, BindResult } from '../../sql/bind.js'
import { sameType } from '../../sql/type-names.js'
import { columnsOfCheck, isImplied } from '../checks/check-columns.js'
import { sortDiagnostics } from '../diagnostics/sort-diagnostics.js'
import { indexOfByte, locate, sourceText } from '../files/source-text.js'
import { checkOf, checkStatements } from './check-statements.js'
import { bindDiagnostic } from './diagnostics.js'
import { relatedFaults } from './related-columns.js'

/** Columns of relations that exist: released assets, and sources as upstream has them. */
export type KnownColumns = ReadonlyMap<AssetName, readonly Column[]>

/**
 * Asks for the columns of every SQL asset whose inputs are all known, in dependency order. Code is known by the
 * types its header declares, sources and what cannot be bound by `known`.
 */
export function bindRequest(project: Project, known: KnownColumns): BindRequest {
  const relations = new Map<AssetName, readonly Column[]>()
  const bound = new Set<AssetName>()
  const statements: { asset: AssetName; sql: string; parameters: Record<string, Json> }[] = []
  for (const asset of project.assets) {
    if (asset.body.kind !== 'sql') {
      const columns = columnsBeforehand(asset, known)
      if (columns) relations.set(asset.name, columns)
    } else if (asset.inputs.every((input) => relations.has(input) || bound.has(input))) {
      const { text, parameters } = asset.body
      statements.push({ asset: asset.name, sql: text, parameters: valuesOf(parameters, project.vars) })
      bound.add(asset.name)
    } else {
      // What it was released with is still better than nothing for those that read it.
      const columns = known.get(asset.name)
      if (columns) relations.set(asset.name, columns)
    }
  }
  const checks = checkStatements(project, (name) => relations.has(name) || bound.has(name))
  const tables = [...relations].map(([asset, columns]) => ({ asset, columns }))
  return { known: tables, statements: [...statements, ...checks] }
}

/**
 * What code declares is what it gives. A source is as it was found, declared types first: its header may name a
 * few of its columns only, so before it was looked at nothing is known of it.
 */
function columnsBeforehand(asset: Asset, known: KnownColumns): readonly Column[] | undefined {
  const declared = declaredTypes(asset)
  if (asset.body.kind === 'typescript') return declared.length > 0 ? declared : undefined
  return known
    .get(asset.name)
    ?.map((column) => declared.find(({ name }) => same(name, column.name)) ?? column)
}

/** Any two instants do: only types matter. */
const SAMPLE_INTERVAL = { start: 0, end: 3_600_000 }

function valuesOf(parameters: readonly string[], vars: Readonly<Record<string, Json>>): Record<string, Json> {
  const values: Record<string, Json> = { ...vars, ...SAMPLE_INTERVAL }
  return Object.fromEntries(parameters.map((name) => [name, values[name] ?? null]))
}

/** Turns what the engine says of statements into mistakes with file, line and column, sorted. */
export function bindDiagnostics(
  project: Project,
  results: readonly BindResult[],
  known: KnownColumns = new Map(),
): Diagnostic[] {
  const assets = new Map(project.assets.map((asset) => [asset.name, asset]))
  const failed = new Set(results.flatMap((result) => (result.ok ? [] : [result.asset])))
  const bound = new Map(results.flatMap((result) => (result.ok ? [[result.asset, result.columns]] : [])))
  const columnsOf = (asset: Asset) =>
    asset.body.kind === 'sql' ? bound.get(asset.name) : columnsBeforehand(asset, known)
  return sortDiagnostics([
    ...relatedFaults(project.assets, columnsOf),
    ...results.flatMap((result) => {
      const placed = checkOf(project, result)
      if (placed) return checkFaults(placed, result, failed)
      const asset = assets.get(result.asset)
      if (!asset) return []
      if (result.ok) return [...declaredFaults(asset, result.columns), ...namedFaults(asset, result.columns)]
      // A statement that reads a broken one fails for that reason alone.
      return asset.inputs.some((input) => failed.has(input)) ? [] : [unbound(asset, result)]
    }),
  ])
}

/** A check of a statement that is broken, or that looks at one, fails for that reason alone. */
function checkFaults(
  { asset, check }: { asset: Asset; check: Check },
  result: BindResult,
  failed: ReadonlySet<string>,
): Diagnostic[] {
  if (result.ok || [asset.name, ...asset.checkReads].some((name) => failed.has(name))) return []
  // A column that the header names is told with its nearest name, below.
  const [column] = columnsOfCheck(check)
  if (column !== undefined && result.message.includes(`"this" does not have a column named "${column}"`))
    return []
  const told = bindDiagnostic(
    'CHECK_UNBOUND',
    { check: check.name, detail: wordsOf(result.message).detail },
    { file: asset.file, line: check.line, column: 1 },
  )
  // Rows that pass whatever this check says are built and released all the same; each run tells that it was not asked.
  return [check.onFail === 'continue' ? { ...told, severity: 'warning' } : told]
}

function unbound(asset: Asset, result: BindResult & { ok: false }): Diagnostic {
  const text = asset.body.kind === 'sql' ? asset.body.text : ''
  const source = sourceText(asset.file, text)
  const index = result.offset === null ? Math.max(0, text.search(/\S/)) : indexOfByte(text, result.offset)
  return bindDiagnostic(
    'STATEMENT_UNBOUND',
    { asset: asset.name, ...wordsOf(result.message) },
    locate(source, index),
  )
}

/** The engine's first line is the message; its suggestions become the hint. */
function wordsOf(message: string): { detail: string; hint: string } {
  const [head = '', ...rest] = message
    .replace(/\n\s*LINE \d+:[\s\S]*$/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const detail = head
    .replace(/^(Binder|Catalog|Parser|Conversion|Invalid Input|Not implemented) Error:\s*/i, '')
    .replace(/[.!:]$/, '')
  return { detail, hint: rest.join(' ') || 'The message is the engine’s own. Correct the statement.' }
}

function declaredFaults(asset: Asset, actual: readonly Column[]): Diagnostic[] {
  const known = actual.map(({ name }) => name)
  const faults = asset.columns.flatMap(({ name, type }) => {
    // The key, and what is declared, are told apart by their exact letters everywhere else.
    const given = actual.find((column) => column.name === name)
    if (!given)
      return [
        bindDiagnostic(
          'COLUMN_NOT_GIVEN',
          { column: name, asset: asset.name, known },
          at(asset, `columns.${name}`),
        ),
      ]
    if (type === undefined || sameType(type, given.type)) return []
    const params = { column: name, declared: type, actual: given.type }
    return [bindDiagnostic('COLUMN_TYPE', params, at(asset, `columns.${name}.type`))]
  })
  const twice = known.filter((name, index) => known.findIndex((other) => same(other, name)) < index)
  return [
    ...faults,
    ...twice.map((column) =>
      bindDiagnostic('COLUMN_TWICE', { column, asset: asset.name }, statementOf(asset)),
    ),
  ]
}

function namedFaults(asset: Asset, actual: readonly Column[]): Diagnostic[] {
  const known = actual.map(({ name }) => name)
  const declared = new Set(asset.columns.map(({ name }) => name.toLowerCase()))
  return (
    namedColumns(asset)
      .filter(
        ({ column, isCheck }) => !known.some((name) => (isCheck ? same(name, column) : name === column)),
      )
      // A declared column that is missing was reported where it is declared.
      .filter(({ column, isCheck }) => !(isCheck && declared.has(column.toLowerCase())))
      .map(({ what, column, where }) =>
        bindDiagnostic('COLUMN_UNKNOWN', { what, column, asset: asset.name, known }, where),
      )
  )
}

function namedColumns(asset: Asset) {
  const { key, time, deletes, checks } = asset
  return [
    ...key.map((column, index) => ({
      what: 'key',
      column,
      where: at(asset, `key.${index}`),
      isCheck: false,
    })),
    ...(time ? [{ what: 'time', column: time.column, where: at(asset, 'time.column'), isCheck: false }] : []),
    ...(typeof deletes === 'object'
      ? [{ what: 'deletes', column: deletes.when, where: at(asset, 'deletes.when'), isCheck: false }]
      : []),
    ...checks
      .filter((check) => !isImplied(check))
      .flatMap((check) =>
        columnsOfCheck(check).map((column) => ({
          what: `check ${check.name}`,
          column,
          where: { file: asset.file, line: check.line, column: 1 },
          isCheck: true,
        })),
      ),
  ]
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function at({ file, line, places }: Asset, path: string): Location {
  return { file, ...(places?.[path] ?? { line, column: 1 }) }
}

function statementOf(asset: Asset): Location {
  if (asset.body.kind !== 'sql') return { file: asset.file, line: asset.line, column: 1 }
  return locate(sourceText(asset.file, asset.body.text), Math.max(0, asset.body.text.search(/\S/)))
}
