import { resolve } from 'node:path'
import type { Asset, Body } from '../domain/asset.js'
import type { Diagnostic } from '../domain/diagnostic.js'
import type { Project } from '../domain/project.js'
import { findCycles } from '../graph/cycles.js'
import { dependencyOrder } from '../graph/order.js'
import type { SqlParser } from '../sql/parse.js'
import { assembleAsset } from './assemble-asset.js'
import { checksOf, type PlacedCheck, reportCheckSql, reportRelated } from './asset-checks.js'
import { assetDiagnostic } from './asset-diagnostics.js'
import { type AssetFile, readAssetFiles, readSource, startOf } from './asset-files.js'
import { type AssetNames, assetNames } from './asset-names.js'
import { codeDigests } from './code-digest.js'
import { configDiagnostic } from './config-diagnostics.js'
import { reportFields } from './declared-columns.js'
import { deliveriesOf, type PlacedDelivery, reportClashes, tableTarget } from './deliveries.js'
import { type Draft, readAsset, type SqlDraft, type TypeScriptDraft } from './read-asset.js'
import { CONFIG_FILE, type ReadConfig, readConfig } from './read-config.js'
import { sortDiagnostics } from './sort-diagnostics.js'
import { sourceSpecOf } from './source-spec.js'
import { readStatement, type Statement } from './statement.js'
import type { Report } from './yaml-tree.js'

export type LoadDependencies = Readonly<{
  parse: SqlParser
  env: Readonly<Record<string, string | undefined>>
}>

/** `project` is null where a diagnostic has severity error. */
export type LoadResult = Readonly<{ project: Project | null; diagnostics: readonly Diagnostic[] }>

/**
 * Reads a project's files into values. Runs none of its code and opens nothing it names. Every mistake that can
 * be seen without rows is reported, all together, sorted by file and line.
 */
export async function loadProject(root: string, deps: LoadDependencies): Promise<LoadResult> {
  const folder = resolve(root)
  const found: Diagnostic[] = []
  const report: Report = (diagnostic) => void found.push(diagnostic)
  const [config, files] = await Promise.all([
    loadConfig(folder, deps.env, report),
    readAssetFiles(folder, report),
  ])
  const assets = config === null ? [] : await loadAssets(folder, { config, files, parse: deps.parse }, report)
  const diagnostics = sortDiagnostics(
    config === null ? found.filter(({ code }) => code === 'CONFIG_MISSING') : found,
  )
  const isSound = diagnostics.every(({ severity }) => severity !== 'error')
  const settings = config?.settings ?? null
  return { project: isSound && settings ? { ...settings, assets } : null, diagnostics }
}

async function loadConfig(
  root: string,
  env: LoadDependencies['env'],
  report: Report,
): Promise<ReadConfig | null> {
  const faults: Diagnostic[] = []
  const source = await readSource(root, CONFIG_FILE, (diagnostic) => void faults.push(diagnostic))
  if (source !== null) {
    for (const fault of faults) report(fault)
    return readConfig(root, source, env, report)
  }
  if (faults.some(({ code }) => code === 'FILE_UNREADABLE')) {
    report(configDiagnostic('CONFIG_MISSING', undefined, startOf(CONFIG_FILE)))
    return null
  }
  for (const fault of faults) report(fault)
  return { settings: null, connections: null, vars: null }
}

type LoadContext = Readonly<{ config: ReadConfig; files: readonly AssetFile[]; parse: SqlParser }>

async function loadAssets(
  root: string,
  { config, files, parse }: LoadContext,
  report: Report,
): Promise<Asset[]> {
  const drafts = files.map((file) => readAsset(file, report)).filter((draft) => draft !== null)
  const names = assetNames(files.map(({ name }) => name))
  const checks = new Map(drafts.map((draft) => [draft, checksOf(draft, report)]))
  for (const draft of drafts) reportFields(draft, checks.get(draft) ?? [], report)
  const [bodies, deliveries] = [
    await loadBodies(root, { drafts, names, config, parse }, report),
    loadDeliveries(drafts, config, report),
  ]
  const placed = [...checks.values()].flat()
  await reportCheckSql(placed, parse, report)
  reportRelated(placed, names.all, report)
  const sources = [...bodies].flatMap(([draft, { body }]) =>
    body.kind === 'source' && body.source.kind === 'postgres'
      ? [[tableTarget(body.source.connection, body.source.table), draft.file.name] as const]
      : [],
  )
  reportClashes([...deliveries.values()].flat(), new Map(sources), report)
  return orderAssets(assemble({ bodies, checks, deliveries }), report)
}

type LoadedBody = Readonly<{ body: Body; inputs: readonly string[] }>
type BodyContext = Readonly<{
  drafts: readonly Draft[]
  names: AssetNames
  config: ReadConfig
  parse: SqlParser
}>

/** What each asset runs, and what it reads. Assets whose body is faulty are left out. */
async function loadBodies(
  root: string,
  { drafts, names, config, parse }: BodyContext,
  report: Report,
): Promise<Map<Draft, LoadedBody>> {
  const sql = drafts.filter((draft): draft is SqlDraft => draft.kind === 'sql')
  const code = drafts.filter((draft): draft is TypeScriptDraft => draft.kind === 'typescript')
  const [parsed, digests] = await Promise.all([
    parse(sql.map(({ body }) => body)),
    codeDigests(
      root,
      code.map(({ file }) => file),
      report,
    ),
  ])
  const bodies = new Map<Draft, LoadedBody>()
  sql.forEach((draft, index) => {
    const answer = parsed[index]
    const statement = answer ? readStatement(draft, answer, { names, vars: config.vars, report }) : null
    if (statement) bodies.set(draft, { body: sqlBody(draft, statement), inputs: statement.inputs })
  })
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

const connectionsOf = ({ settings, connections }: ReadConfig) => ({
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

function loadDeliveries(
  drafts: readonly Draft[],
  config: ReadConfig,
  report: Report,
): Map<Draft, PlacedDelivery[]> {
  return new Map(drafts.map((draft) => [draft, deliveriesOf(draft, connectionsOf(config), report)]))
}

type Parts = Readonly<{
  bodies: ReadonlyMap<Draft, LoadedBody>
  checks: ReadonlyMap<Draft, readonly PlacedCheck[]>
  deliveries: ReadonlyMap<Draft, readonly PlacedDelivery[]>
}>

function assemble({ bodies, checks, deliveries }: Parts): Asset[] {
  return [...bodies].map(([draft, { body, inputs }]) =>
    assembleAsset(draft, {
      body,
      inputs,
      checks: (checks.get(draft) ?? []).map(({ check }) => check),
      deliver: (deliveries.get(draft) ?? []).map(({ delivery }) => delivery),
    }),
  )
}

function orderAssets(assets: readonly Asset[], report: Report): Asset[] {
  const byName = new Map(assets.map((asset) => [asset.name, asset]))
  const graph = new Map(assets.map((asset) => [asset.name, asset.inputs]))
  for (const path of findCycles(graph)) {
    const first = byName.get(path[0] ?? '')
    if (first) report(assetDiagnostic('CYCLE', { path }, { file: first.file, line: first.line, column: 1 }))
  }
  return dependencyOrder(graph).flatMap((name) => byName.get(name) ?? [])
}
