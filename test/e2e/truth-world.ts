import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { checkProject, isBroken } from '../../src/app/check-project.js'
import type { PlanRequest } from '../../src/app/plan-project.js'
import { runProject } from '../../src/app/run-project.js'
import { openSession, type Session } from '../../src/app/session.js'
import { type Clock, systemClock } from '../../src/base/clock.js'
import { MillraceError } from '../../src/base/errors.js'
import { silentLog } from '../../src/base/log.js'
import type { Column } from '../../src/domain/column.js'
import type { RunResult } from '../../src/executor/run.js'
import { removeProject } from '../support/remove-project.js'

/** A header as a plain value, and what follows it. JSON is YAML, so it is written as it is. */
export type TruthAsset = Readonly<{ header: Readonly<Record<string, unknown>>; body?: string; ts?: boolean }>
export type TruthAssets = Record<string, TruthAsset>

export type WorldOptions = Readonly<{
  /** Databases: where sources are read, where rows are delivered, where state is kept. */
  sourceUrl: string
  appUrl: string
  stateUrl: string
  timezone?: string
  now: string
  vars?: Record<string, unknown>
}>

type Accepting = Readonly<{ accept: readonly string[] }>

/** One project with its clock, run in process. Its assets are values that a test changes between runs. */
export class World {
  assets: TruthAssets = {}
  now: number
  session: Session | null = null
  /** What the last run's log warned of. */
  warnings: string[] = []
  readonly source: pg.Client
  readonly abort = new AbortController()
  private static fresh = 0

  private constructor(
    readonly root: string,
    readonly options: WorldOptions,
    readonly name: string,
  ) {
    this.now = Date.parse(options.now)
    this.source = new pg.Client({ connectionString: options.sourceUrl })
  }

  static async open(options: WorldOptions): Promise<World> {
    const root = await mkdtemp(join(tmpdir(), 'millrace-truth-'))
    const world = new World(root, options, `truth_${++World.fresh}`)
    await world.source.connect()
    return world
  }

  async close(): Promise<void> {
    await this.release()
    await this.source.end()
    removeProject(this.root)
  }

  /** Closes the session, so that the next run reads the project's files again. */
  async release(): Promise<void> {
    await this.session?.close()
    this.session = null
  }

  async set(assets: TruthAssets): Promise<void> {
    this.assets = assets
    await this.release()
  }

  async change(name: string, asset: TruthAsset | null): Promise<void> {
    const { [name]: _old, ...others } = this.assets
    await this.set(asset ? { ...others, [name]: asset } : others)
  }

  async open(): Promise<Session> {
    if (this.session) return this.session
    writeProject(this.root, this.name, this.assets, this.options)
    this.session = await openSession(this.sessionOptions(this.root)).catch(withMistakes)
    return this.session
  }

  private sessionOptions(folder: string) {
    const clock: Clock = { ...systemClock, now: () => this.now }
    return {
      folder,
      environment: 'prod',
      env: {},
      clock,
      log: () => silentLog,
      processName: 'test',
    }
  }

  async run(request: Partial<PlanRequest & Accepting> = {}): Promise<RunResult> {
    const session = await this.open()
    this.warnings = []
    const { result } = await runProject(
      session,
      { select: null, full: false, start: null, end: null, trigger: 'test', accept: [], ...request },
      (event) => {
        if (event.kind === 'step-log' && event.level === 'warn')
          this.warnings.push(`${event.asset}: ${event.message}`)
      },
      this.abort.signal,
    )
    return result
  }

  /** Runs and insists that all went through. */
  async done(request: Parameters<World['run']>[0] = {}): Promise<RunResult> {
    const result = await this.run(request)
    if (result.status !== 'done') throw new Error(`the run ended ${result.status}: ${explain(result)}`)
    return result
  }

  async rows(sql: string): Promise<readonly (readonly unknown[])[]> {
    return rowsOf(await this.open(), sql)
  }

  /** Every released asset's rows, by name. */
  async tables(names: readonly string[]): Promise<Record<string, unknown>> {
    return tablesOf(await this.open(), names)
  }

  /** The same assets built from nothing in a folder of its own, nothing delivered. */
  async fromScratch(names: readonly string[]): Promise<Record<string, unknown>> {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-scratch-'))
    const name = `scratch_${++World.fresh}`
    const assets = Object.fromEntries(
      Object.entries(this.assets).map(([asset, { header, ...rest }]) => {
        const { deliver: _deliver, ...others } = header
        return [asset, { header: others, ...rest }]
      }),
    )
    writeProject(folder, name, assets, { ...this.options, files: join(this.root, 'incoming') })
    const session = await openSession(this.sessionOptions(folder))
    try {
      const { result } = await runProject(
        session,
        { select: null, full: false, start: null, end: null, trigger: 'scratch', accept: [] },
        () => {},
        this.abort.signal,
      )
      if (result.status !== 'done')
        throw new Error(`from scratch it ended ${result.status}: ${explain(result)}`)
      return await tablesOf(session, names)
    } finally {
      await session.close()
      removeProject(folder)
    }
  }

  /** Deliveries whose tables do not show the release. */
  async wrongDeliveries(): Promise<string[]> {
    const report = await checkProject(
      await this.open(),
      { select: null, delivered: true, repair: false },
      this.abort.signal,
    )
    return report.delivered
      .filter(isBroken)
      .map(({ delivery, comparison, error }) => `${delivery} ${JSON.stringify(comparison ?? error)}`)
  }

  file(path: string, text: string): void {
    write(join(this.root, 'incoming', path), text)
  }
}

/** A test that writes a wrong project wants to know what is wrong. */
function withMistakes(error: unknown): never {
  if (error instanceof MillraceError && 'diagnostics' in error.params)
    throw new Error(`${error.message} ${JSON.stringify(error.params.diagnostics)}`)
  throw error
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function writeProject(
  root: string,
  name: string,
  assets: TruthAssets,
  { sourceUrl, appUrl, stateUrl, timezone, vars, files }: WorldOptions & { files?: string },
): void {
  rmSync(join(root, 'assets'), { recursive: true, force: true })
  mkdirSync(join(root, 'incoming'), { recursive: true })
  const config = {
    name,
    timezone: timezone ?? 'Europe/Dublin',
    state: stateUrl,
    warehouse: { type: 'duckdb', path: '.millrace/warehouse.duckdb', memory_limit: '1GB', threads: 2 },
    connections: {
      upstream: { type: 'postgres', url: sourceUrl },
      app: { type: 'postgres', url: appUrl },
      drop: { type: 'files', path: files ?? './incoming' },
      shelf: { type: 'files', path: './outgoing' },
    },
    vars: vars ?? {},
  }
  write(join(root, 'millrace.yaml'), JSON.stringify(config))
  for (const [asset, { header, body, ts }] of Object.entries(assets)) {
    const path = join(root, 'assets', ...asset.split('.'))
    const yaml = JSON.stringify(header)
    if (body === undefined) write(`${path}.yaml`, yaml)
    else write(`${path}${ts ? '.ts' : '.sql'}`, `/* @asset\n${yaml}\n*/\n${body}\n`)
  }
}

async function rowsOf(session: Session, sql: string): Promise<readonly (readonly unknown[])[]> {
  const engine = await session.services.engine()
  const result = await engine.query({ sql, parameters: {}, maxRows: 1_000_000 }, new AbortController().signal)
  return result.rows
}

async function tablesOf(session: Session, names: readonly string[]): Promise<Record<string, unknown>> {
  const tables: Record<string, unknown> = {}
  const states = await (await session.services.store()).assetStates()
  for (const name of names) {
    if (!states.get(name)?.relation) {
      tables[name] = 'never released'
      continue
    }
    tables[name] = (await rowsOf(session, `select * from ${name} order by all`)).map((row) =>
      JSON.stringify(row),
    )
  }
  return tables
}

export const statusesOf = (result: RunResult): Record<string, string> =>
  Object.fromEntries(result.steps.map(({ asset, status }) => [asset, status]))

export function explain({ steps, deliveries }: RunResult): string {
  return [
    ...steps
      .filter(({ status }) => status !== 'released' && status !== 'unchanged')
      .map(({ asset, status, reason }) => `${asset} ${status}: ${reason}`),
    ...deliveries
      .filter(({ status }) => status !== 'delivered')
      .map(({ delivery, status, error }) => `${delivery} ${status}: ${error}`),
  ].join('\n')
}

/** A table of the app as text by key, independent of the code that delivers. Empty where it is not there. */
export async function appRows(
  app: pg.Client,
  table: string,
  key: readonly string[],
): Promise<Map<string, string>> {
  const { rows: there } = await app.query('select to_regclass($1) is not null as there', [table])
  if (!there[0]?.there) return new Map()
  const { rows } = await app.query(`select to_jsonb(t) as row from ${table} t`)
  return new Map(
    rows.map(({ row }: { row: Record<string, unknown> }) => [
      JSON.stringify(key.map((name) => row[name])),
      JSON.stringify(row),
    ]),
  )
}

export function difference(before: Map<string, string>, after: Map<string, string>) {
  const keys = [...after.keys()]
  return {
    inserted: keys.filter((key) => !before.has(key)).length,
    updated: keys.filter((key) => before.has(key) && before.get(key) !== after.get(key)).length,
    deleted: [...before.keys()].filter((key) => !after.has(key)).length,
  }
}

export type { Column }
