import type { Json } from '../../base/json.js'
import { type Asset, type AssetName, declaredTypes } from '../../domain/asset.js'
import type { Column } from '../../domain/column.js'
import type { Project } from '../../domain/project.js'
import { AUTHOR_DECLARATIONS } from './author-declarations.js'
import { fieldName, type Side, typescriptType } from './typescript-type.js'

export type AuthorFile = Readonly<{
  /** Relative to the project folder. */
  file: string
  text: string
}>

/**
 * Types of `ctx`, of every input's rows and of the rows each asset may yield. `columns` are those the engine knows;
 * for a TypeScript asset its header counts, since rows are judged by it.
 */
export function authorTypes(
  project: Project,
  columns: ReadonlyMap<AssetName, readonly Column[]>,
): readonly AuthorFile[] {
  const assets = project.assets.map((asset) => assetType(asset, columnsOf(asset, columns)))
  const vars = Object.entries(project.vars).map(([name, value]) => `${fieldName(name)}: ${jsonType(value)}`)
  const text = [
    '// Written by "millrace types" and written again by it: changes here are lost.',
    "declare module 'millrace' {",
    indent(AUTHOR_DECLARATIONS.trimEnd(), 1),
    '',
    '  interface Vars {',
    ...vars.map((line) => `    ${line}`),
    '  }',
    '',
    '  interface Assets {',
    ...assets.map((block) => indent(block, 2)),
    '  }',
    '}',
    '',
  ]
  return [{ file: 'millrace.d.ts', text: text.join('\n') }]
}

/** A tsconfig.json for projects that have none, so that editors and `tsc` find the types. */
export function authorTsconfig(): AuthorFile {
  const settings = {
    compilerOptions: {
      target: 'es2023',
      // 'dom' for console, fetch, URL and AbortSignal, without asking for @types/node.
      lib: ['es2023', 'dom', 'dom.asynciterable'],
      module: 'preserve',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      resolveJsonModule: true,
      allowImportingTsExtensions: true,
    },
    include: ['millrace.d.ts', 'assets'],
  }
  return { file: 'tsconfig.json', text: `${JSON.stringify(settings, null, 2)}\n` }
}

function columnsOf(asset: Asset, known: ReadonlyMap<AssetName, readonly Column[]>): readonly Column[] {
  const declared = declaredTypes(asset)
  return asset.body.kind === 'typescript' ? declared : (known.get(asset.name) ?? declared)
}

function assetType(asset: Asset, columns: readonly Column[]): string {
  const inputs = asset.inputs.map((name) => JSON.stringify(name)).join(' | ') || 'never'
  const lines = [
    ...comment(asset.description),
    `${JSON.stringify(asset.name)}: {`,
    ...(columns.length === 0
      ? ['  // Its columns are known once it has been built.', '  row: UnknownRow']
      : [
          `  row: ${rowType(asset, columns, 'reads')}`,
          ...(hasWide(columns) ? [`  wide: ${rowType(asset, columns, 'wide')}`] : []),
        ]),
    ...(asset.body.kind === 'typescript'
      ? [`  yields: ${rowType(asset, columns, 'yields')}`, `  inputs: ${inputs}`]
      : []),
    '}',
  ]
  return lines.join('\n')
}

const hasWide = (columns: readonly Column[]): boolean =>
  columns.some(({ type }) => typescriptType(type, 'reads') !== typescriptType(type, 'wide'))

function rowType(asset: Asset, columns: readonly Column[], side: Side): string {
  const fields = columns.map(({ name, type }) => {
    const nullable = neverNull(asset, name) ? '' : ' | null'
    return [
      ...comment(descriptionOf(asset, name)),
      `${fieldName(name)}: ${typescriptType(type, side)}${nullable}`,
    ]
  })
  return ['{', ...fields.flat().map((line) => `    ${line}`), '  }'].join('\n')
}

/** Readers see only rows that passed: a check that keeps NULLs out keeps them out of the type. */
function neverNull(asset: Asset, column: string): boolean {
  return asset.checks.some(
    (check) =>
      check.kind === 'not_null' &&
      check.column.toLowerCase() === column.toLowerCase() &&
      (check.onFail === 'block' || check.onFail === 'quarantine') &&
      check.where === undefined &&
      (check.tolerance ?? 0) === 0,
  )
}

const descriptionOf = (asset: Asset, column: string): string =>
  asset.columns.find(({ name }) => name === column)?.description ?? ''

function comment(text: string): string[] {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('*/', '*\\/').trim()
  return line === '' ? [] : [`/** ${line} */`]
}

function jsonType(value: Json): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  if (Array.isArray(value)) return 'readonly Json[]'
  const fields = Object.entries(value).map(
    ([name, inner]) => `readonly ${fieldName(name)}: ${jsonType(inner)}`,
  )
  return `{ ${fields.join('; ')} }`
}

const indent = (text: string, depth: number): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : '  '.repeat(depth) + line))
    .join('\n')
