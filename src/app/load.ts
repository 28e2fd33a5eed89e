import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createScratch } from '../adapters/engines/duckdb/scratch.js'
import type { AssetName } from '../domain/asset.js'
import type { Column } from '../domain/column.js'
import type { Diagnostic } from '../domain/diagnostic.js'
import type { Project } from '../domain/project.js'
import { bindDiagnostics, bindRequest } from '../project/binding/bind-diagnostics.js'
import { sortDiagnostics } from '../project/diagnostics/sort-diagnostics.js'
import { readAssetFiles } from '../project/files/asset-files.js'
import { loadProject } from '../project/load-project.js'
import { type LoadedReports, loadReports } from '../reports/load-reports.js'
import type { Report } from '../reports/report.js'
import type { Binder } from '../sql/bind.js'
import type { SqlParser } from '../sql/parse.js'
import { appError } from './errors.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** A project whose files are in order, and the means to bind its statements. */
export type Loaded = Readonly<{
  project: Project
  reports: readonly Report[]
  warnings: readonly Diagnostic[]
  bind: Binder
  close(): Promise<void>
}>

/** The folder of the nearest millrace.yaml, looking upwards as git does. @throws PROJECT_NOT_FOUND */
export function findProject(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'millrace.yaml'))) return folder
    if (folder === dirname(folder)) throw projectNotFound(resolve(from))
  }
}

const projectNotFound = (folder: string) =>
  appError('PROJECT_NOT_FOUND', { folder, isThere: existsSync(folder) })

/** Loads a project and reports all of its mistakes together. @throws PROJECT_INVALID with the diagnostics */
export async function load(root: string, env: Environment): Promise<Loaded> {
  // The engine starts while files and headers are read.
  const starting = createScratch()
  const parse: SqlParser = async (texts) => (await starting).parse(texts)
  const loading = loadProject(root, { parse, env })
  const [scratch, { project, diagnostics: ofProject }] = await Promise.all([starting, loading])
  const { reports, diagnostics: ofReports } = await loadReportsOf(root, project, parse)
  const diagnostics = sortDiagnostics([...ofProject, ...ofReports])
  if (!project || diagnostics.some(({ severity }) => severity === 'error')) {
    await scratch.close()
    throw appError('PROJECT_INVALID', { diagnostics })
  }
  return { project, reports, warnings: diagnostics, bind: scratch.bind, close: async () => scratch.close() }
}

/** Reports may name assets that have mistakes of their own: one mistake, one message. */
async function loadReportsOf(
  root: string,
  project: Project | null,
  parse: SqlParser,
): Promise<LoadedReports> {
  const assets = project?.assets ?? (await readAssetFiles(resolve(root), () => undefined))
  return loadReports(resolve(root), {
    assets: assets.map(({ name }) => name),
    vars: project && Object.keys(project.vars),
    tenant: project ? (project.tenant ?? null) : undefined,
    parse,
  })
}

/**
 * Binds every statement whose inputs' columns are known: unknown columns, type errors and headers that promise
 * what the statement does not give are found before anything runs. Returns the columns of every bound asset.
 * @throws PROJECT_INVALID with the diagnostics
 */
export async function bindProject(
  { project, bind }: Pick<Loaded, 'project' | 'bind'>,
  known: ReadonlyMap<AssetName, readonly Column[]>,
): Promise<ReadonlyMap<AssetName, readonly Column[]>> {
  const results = await bind(bindRequest(project, known))
  const diagnostics = bindDiagnostics(project, results, known)
  if (diagnostics.some(({ severity }) => severity === 'error'))
    throw appError('PROJECT_INVALID', { diagnostics })
  const bound = results.flatMap((result) => (result.ok ? [[result.asset, result.columns] as const] : []))
  return new Map([...known, ...bound])
}
