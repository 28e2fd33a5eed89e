import type { Body } from '../../domain/asset.js'
import type { ParsedSql, SqlParser } from '../../sql/parse.js'
import type { AssetNames } from '../assets/asset-names.js'
import type { Connections } from '../assets/deliveries.js'
import { assetDiagnostic } from '../assets/diagnostics.js'
import { sourceSpecOf } from '../assets/source-spec.js'
import type { ReadConfig } from '../config/read-config.js'
import type { Report } from '../diagnostics/report.js'
import type { AssetFile } from '../files/asset-files.js'
import type { Draft, OpenedAsset, SqlDraft, TypeScriptDraft } from '../headers/read-asset.js'
import { codeDigests } from './code-digest.js'
import { readStatement, type Statement } from './statement.js'

/** What an asset runs, and what it reads. */
export type LoadedBody = Readonly<{ body: Body; inputs: readonly string[] }>
type BodyContext = Readonly<{
  drafts: readonly Draft[]
  names: AssetNames
  config: ReadConfig
  parsed: ReadonlyMap<AssetFile, ParsedSql>
}>

/** Parses the statements of all SQL assets at once. */
export async function parseStatements(
  opened: readonly OpenedAsset[],
  parse: SqlParser,
): Promise<ReadonlyMap<AssetFile, ParsedSql>> {
  const statements = opened.flatMap(({ file, statement }) =>
    statement === null ? [] : [{ file, statement }],
  )
  const parsed = await parse(statements.map(({ statement }) => statement))
  return new Map(
    parsed.flatMap((answer, index) => {
      const file = statements[index]?.file
      return file ? [[file, answer] as const] : []
    }),
  )
}

/** What each asset runs, and what it reads. Assets whose body is faulty are left out. */
export async function loadBodies(
  root: string,
  { drafts, names, config, parsed }: BodyContext,
  report: Report,
): Promise<Map<Draft, LoadedBody>> {
  const sql = drafts.filter((draft): draft is SqlDraft => draft.kind === 'sql')
  const code = drafts.filter((draft): draft is TypeScriptDraft => draft.kind === 'typescript')
  const digests = await codeDigests(
    root,
    code.map(({ file }) => file),
    report,
  )
  const bodies = new Map<Draft, LoadedBody>()
  for (const draft of sql) {
    const answer = parsed.get(draft.file)
    const statement = answer ? readStatement(draft, answer, { names, vars: config.vars, report }) : null
    if (statement) bodies.set(draft, { body: sqlBody(draft, statement), inputs: statement.inputs })
  }
  for (const draft of code) {
    const inputs = inputsOf(draft, names, report)
    const body = {
      kind: 'typescript',
      path: draft.file.path,
      code: digests.get(draft.file.name) ?? '',
    } as const
    bodies.set(draft, { body, inputs })
  }
  for (const draft of drafts) {
    if (draft.kind !== 'source') continue
    const source = sourceSpecOf(draft, connectionsOf(config), report)
    if (source) bodies.set(draft, { body: { kind: 'source', source }, inputs: [] })
  }
  return bodies
}

const sqlBody = ({ body }: SqlDraft, { canonical, parameters }: Statement): Body => ({
  kind: 'sql',
  text: body,
  canonical,
  parameters,
})

export const connectionsOf = ({ settings, connections }: ReadConfig): Connections => ({
  byName: settings?.connections ?? new Map(),
  declared: connections,
})

function inputsOf({ file, fields }: TypeScriptDraft, names: AssetNames, report: Report): string[] {
  const inputs = (fields.inputs ?? []).flatMap(({ value, at }) => {
    const found = names.find(value)
    if (found === undefined) report(assetDiagnostic('INPUT_UNKNOWN', { input: value, known: names.all }, at))
    else if (found === file.name) report(assetDiagnostic('INPUT_SELF', { asset: found }, at))
    else return [found]
    return []
  })
  return [...new Set(inputs)].sort()
}
