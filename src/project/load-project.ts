import { resolve } from 'node:path'
import type { Asset } from '../domain/asset.js'
import type { Check } from '../domain/check.js'
import type { Diagnostic } from '../domain/diagnostic.js'
import type { Project } from '../domain/project.js'
import { findCycles } from '../graph/cycles.js'
import { dependencyOrder } from '../graph/order.js'
import type { SqlParser } from '../sql/parse.js'
import { assembleAsset } from './assets/assemble-asset.js'
import { checkReads, checksOf, type PlacedCheck, reportRelated } from './assets/asset-checks.js'
import { assetNames } from './assets/asset-names.js'
import { reportSchedule } from './assets/asset-schedule.js'
import { readCheckSql, withVars } from './assets/check-sql.js'
import { reportFields } from './assets/declared-columns.js'
import { deliveriesOf, type PlacedDelivery, reportClashes, tableTarget } from './assets/deliveries.js'
import { assetDiagnostic } from './assets/diagnostics.js'
import { connectionsOf, type LoadedBody, loadBodies, parseStatements } from './bodies/load-bodies.js'
import { configDiagnostic } from './config/diagnostics.js'
import { CONFIG_FILE, type ReadConfig, readConfig } from './config/read-config.js'
import type { Report } from './diagnostics/report.js'
import { sortDiagnostics } from './diagnostics/sort-diagnostics.js'
import { type AssetFile, readAssetFiles, readSource, startOf } from './files/asset-files.js'
import { type Draft, openAsset, readAsset } from './headers/read-asset.js'

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
  const config = loadConfig(folder, deps.env, report)
  const files = await readAssetFiles(folder, report)
  const assets = config === null ? [] : await loadAssets(folder, { config, files, parse: deps.parse }, report)
  const diagnostics = sortDiagnostics(
    config === null ? found.filter(({ code }) => code === 'CONFIG_MISSING') : found,
  )
  const isSound = diagnostics.every(({ severity }) => severity !== 'error')
  const settings = config?.settings ?? null
  return { project: isSound && settings ? { ...settings, assets } : null, diagnostics }
}

function loadConfig(root: string, env: LoadDependencies['env'], report: Report): ReadConfig | null {
  const faults: Diagnostic[] = []
  const source = readSource(root, CONFIG_FILE, (diagnostic) => void faults.push(diagnostic))
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
  const opened = files.map((file) => openAsset(file, report))
  // The engine parses statements on threads of its own while headers are read here.
  const parsing = parseStatements(opened, parse)
  const drafts = opened.map((asset) => readAsset(asset, report)).filter((draft) => draft !== null)
  const names = assetNames(files.map(({ name }) => name))
  const checks = new Map(drafts.map((draft) => [draft, checksOf(draft, report)]))
  for (const draft of drafts) {
    reportFields(draft, checks.get(draft) ?? [], report)
    reportSchedule(draft, report)
  }
  const [bodies, deliveries] = [
    await loadBodies(root, { drafts, names, config, parsed: await parsing }, report),
    loadDeliveries(drafts, config, report),
  ]
  const placed = [...checks.values()].flat()
  const sql = await readCheckSql(placed, parse, { names, vars: config.vars }, report)
  reportRelated(placed, names.all, report)
  const sources = [...bodies].flatMap(([draft, { body }]) =>
    body.kind === 'source' && body.source.kind === 'postgres'
      ? [[tableTarget(body.source.connection, body.source.table), draft.file.name] as const]
      : [],
  )
  reportClashes([...deliveries.values()].flat(), new Map(sources), report)
  const reads = (of: readonly PlacedCheck[]) => checkReads(of, sql, names)
  const vars = config.settings?.vars ?? {}
  const bound = (of: readonly PlacedCheck[]) => of.map(({ check }) => withVars(check, sql.get(check), vars))
  return orderAssets(assemble({ bodies, checks, deliveries, reads, bound }), report)
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
  reads: (checks: readonly PlacedCheck[]) => string[]
  bound: (checks: readonly PlacedCheck[]) => Check[]
}>

function assemble({ bodies, checks, deliveries, reads, bound }: Parts): Asset[] {
  return [...bodies].map(([draft, { body, inputs }]) =>
    assembleAsset(draft, {
      body,
      inputs,
      checks: bound(checks.get(draft) ?? []),
      checkReads: reads(checks.get(draft) ?? []).filter((name) => name !== draft.file.name),
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
