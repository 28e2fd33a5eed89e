import type { Materialization, Places } from '../../domain/asset.js'
import type { Location } from '../../domain/diagnostic.js'
import { refuseVariables } from '../config/environment.js'
import type { Report } from '../diagnostics/report.js'
import { type AssetFile, startOf } from '../files/asset-files.js'
import { fileDiagnostic } from '../files/diagnostics.js'
import type { Located } from '../shapes/shape.js'
import { yamlDiagnostic } from '../yaml/diagnostics.js'
import { parseYaml } from '../yaml/parse-yaml.js'
import type { YamlNode } from '../yaml/tree.js'
import { type HeaderComment, hasHeader, headerComment } from './header-comment.js'
import { type BuiltFields, sqlShape, typescriptShape } from './header-fields.js'
import { type SourceAssetFields, sourceShape } from './source-fields.js'

type Base = Readonly<{
  file: AssetFile
  /** The header's first key. */
  at: Location
  /** Fields that stand in the header, faulty ones too; null where it could not be read. */
  present: ReadonlySet<string> | null
}>
export type SqlDraft = Base & Readonly<{ kind: 'sql'; fields: BuiltFields; body: string }>
export type TypeScriptDraft = Base & Readonly<{ kind: 'typescript'; fields: BuiltFields }>
export type SourceDraft = Base & Readonly<{ kind: 'source'; fields: SourceAssetFields }>

/** An asset as its file says, before anything is compared with other files. */
export type Draft = SqlDraft | TypeScriptDraft | SourceDraft

/** A file whose header was found but not read yet; for SQL also its statement, which may be parsed meanwhile. */
export type OpenedAsset = Readonly<{ file: AssetFile; header: HeaderText | null; statement: string | null }>
type HeaderText = Pick<HeaderComment, 'yaml' | 'start'>

export function openAsset(file: AssetFile, report: Report): OpenedAsset {
  const { source, kind } = file
  if (kind === 'source') return { file, header: { yaml: source.text, start: 0 }, statement: null }
  const comment = headerComment(source, kind, report)
  // A statement can be judged even where its header cannot.
  const statement = comment?.body ?? (hasHeader(source) ? null : source.text)
  return { file, header: comment, statement: kind === 'sql' ? statement : null }
}

/** Reads an asset's header. Null: it cannot be made sense of, and was reported. */
export function readAsset({ file, header: text, statement }: OpenedAsset, report: Report): Draft | null {
  const { kind } = file
  const header = text && readYaml(file, text, report)
  if (kind === 'sql') return statement === null ? null : readSqlAsset(file, statement, header, report)
  if (header === null) return null
  const base = { file, at: header.at, present: header.present }
  if (kind === 'source') {
    const fields = sourceShape.read(header.node, { path: '', report })
    return fields ? { ...base, kind, fields } : null
  }
  const fields = typescriptShape.read(header.node, { path: '', report })
  return fields ? { ...base, kind, fields } : null
}

function readSqlAsset(file: AssetFile, body: string, header: Header | null, report: Report): SqlDraft {
  const fields = header && sqlShape.read(header.node, { path: '', report })
  const at = header?.at ?? startOf(file.source.file)
  return {
    kind: 'sql',
    file,
    at,
    present: fields ? (header?.present ?? null) : null,
    fields: fields ?? {},
    body,
  }
}

type Header = Readonly<{ node: YamlNode; at: Location; present: ReadonlySet<string> }>

function readYaml({ source }: AssetFile, { yaml, start }: HeaderText, report: Report): Header | null {
  const node = parseYaml(source, start, yaml, report)
  if (node === null) return null
  if (node.kind === 'scalar' && node.value === null) {
    report(fileDiagnostic('HEADER_EMPTY', undefined, node.at))
    return null
  }
  if (node.kind !== 'map') {
    report(yamlDiagnostic('YAML_NOT_A_MAP', { where: 'This' }, node.at))
    return null
  }
  refuseVariables(node, report)
  return { node, at: node.entries[0]?.keyAt ?? node.at, present: new Set(node.entries.map(({ key }) => key)) }
}

/** True if the header says something of a field, be it right or wrong. */
export const declares = ({ present }: Draft, field: string): boolean => present === null || present.has(field)

/** How the rows of a draft are kept. A source's are kept as it loads. */
export function materializationOf(draft: Draft): Materialization {
  if (draft.kind !== 'source') return draft.fields.materialize ?? 'table'
  const { load, path } = draft.fields.source.value
  if (path !== undefined) return 'append'
  switch (load?.value) {
    case 'incremental':
      return 'append'
    case 'keyed':
      return 'keyed'
    default:
      return 'table'
  }
}

/** Places of what is compared with real columns later. */
export function placesOf({ fields }: Draft): Places {
  const places: Record<string, { line: number; column: number }> = {}
  const put = (path: string, at: Location | undefined) => {
    if (at) places[path] = { line: at.line, column: at.column }
  }
  fields.key?.forEach((column: Located<string>, index: number) => {
    put(`key.${index}`, column.at)
  })
  put('time.column', fields.time?.column.at)
  for (const { key, keyAt, value } of fields.columns ?? []) {
    put(`columns.${key}`, keyAt)
    put(`columns.${key}.type`, value.type?.at)
  }
  if ('deletes' in fields && typeof fields.deletes === 'object') put('deletes.when', fields.deletes.when.at)
  return places
}
