import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDuckDb } from '../../src/adapters/engines/duckdb/open-duckdb.js'
import type { Candidate, Engine, RowChange, Rows, Workspace } from '../../src/adapters/engines/engine.js'
import { silentLog } from '../../src/base/log.js'
import type { Asset } from '../../src/domain/asset.js'
import type { Check } from '../../src/domain/check.js'
import { type Judgement, judgeCandidate } from '../../src/quality/judge.js'
import type { Parameters } from '../../src/sql/bind.js'

/** Distributes over the kinds, which plain `Omit` does not. */
type Part<T> = T extends { kind: infer K }
  ? Omit<T, 'name' | 'severity' | 'onFail' | 'line'> & { kind: K }
  : never

/** A check with the usual effect, named after its kind unless said otherwise. */
export function check(rule: Part<Check> & Partial<Pick<Check, 'name' | 'severity' | 'onFail'>>): Check {
  // The spread of one kind's fields and the common ones is that kind, which the compiler cannot see.
  return { name: rule.kind, severity: 'error', onFail: 'block', line: 1, ...rule } as Check
}

export function asset(checks: readonly Check[], more: Partial<Asset> = {}): Asset {
  return {
    name: 'marts.visits',
    file: 'assets/marts/visits.sql',
    line: 1,
    description: '',
    owner: '',
    tags: [],
    materialize: 'table',
    key: [],
    deletes: 'none',
    columns: [],
    checks,
    schedule: { kind: 'upstream' },
    budget: {},
    timeoutMs: 60_000,
    retries: 0,
    allowIncomplete: false,
    deliver: [],
    inputs: [],
    checkReads: [],
    body: { kind: 'sql', text: '', canonical: '', parameters: [] },
    ...more,
  }
}

export const NOW = Date.UTC(2024, 5, 1, 12)

export type Given = Readonly<{
  /** Statement that yields the candidate's rows. */
  rows: string
  checks: readonly Check[]
  /** Statement that yields released rows, to which the candidate's are added; absent: it replaces them. */
  released?: string
  /** Other assets: statements that yield their rows. */
  others?: Readonly<Record<string, string>>
  asset?: Partial<Asset>
  tenant?: string
  accept?: readonly string[]
  view?: boolean
  parameters?: Parameters
}>

export type Outcome = Judgement &
  Readonly<{
    /** Statements that were run to judge. */
    statements: readonly string[]
    /** Runs a statement over `this`, the candidate as it now is. */
    read: (sql: string) => Promise<unknown[][]>
    candidate: Candidate
    change: RowChange | null
  }>

export interface Judge {
  readonly engine: Engine
  judge(given: Given, signal?: AbortSignal): Promise<Outcome>
  /** The result of the only check. */
  judgeOne(given: Omit<Given, 'checks'> & { check: Check }): Promise<Judgement['results'][number]>
  close(): Promise<void>
}

/** A warehouse of its own to judge rows in that statements yield. */
export async function openJudge(timezone = 'UTC'): Promise<Judge> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-checks-'))
  const path = join(folder, 'warehouse.duckdb')
  const tempFolder = join(folder, 'tmp')
  const engine = await openDuckDb({ path, tempFolder, timezone, memoryLimit: '1GB', log: silentLog })
  const workspaces: Workspace[] = []
  let run = 0
  const judge: Judge['judge'] = async (given, signal = new AbortController().signal) => {
    run++
    const workspace = await engine.openWorkspace(run)
    workspaces.push(workspace)
    return judgeIn(workspace, run, given, signal)
  }
  return {
    engine,
    judge,
    judgeOne: async ({ check: one, ...given }) => (await judge({ ...given, checks: [one] })).results[0]!,
    close: async () => {
      for (const workspace of workspaces) await workspace.close()
      await engine.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function judgeIn(
  workspace: Workspace,
  run: number,
  given: Given,
  signal: AbortSignal,
): Promise<Outcome> {
  const build = (name: string, sql: string) =>
    workspace.build(
      { asset: name, relation: `${name.replace('.', '__')}__${run}`, sql, parameters: {} },
      {},
      new AbortController().signal,
    )
  for (const [name, sql] of Object.entries(given.others ?? {}))
    await workspace.define(name, asRows(await build(name, sql)))
  const candidate = await build('marts.visits', given.rows)
  const live = given.released === undefined ? null : await build('marts.released', given.released)
  const change: RowChange =
    live === null
      ? { kind: 'replace', candidate: candidate.relation, live: null }
      : { kind: 'append', candidate: candidate.relation, live: live.relation, key: [] }
  const thisRows = asRows(candidate)
  const afterRows: Rows = live === null ? thisRows : { kind: 'changed', change, columns: candidate.columns }
  const statements: string[] = []
  const watched: Pick<Workspace, 'scan' | 'quarantine'> = {
    scan: (request, until) => {
      statements.push(request.sql)
      return workspace.scan(request, until)
    },
    quarantine: (request) => workspace.quarantine(request),
  }
  const judgement = await judgeCandidate(
    {
      workspace: watched,
      asset: asset(given.checks, given.asset),
      tenant: given.tenant,
      candidate,
      change: given.view ? null : change,
      thisRows,
      afterRows,
      run,
      now: NOW,
      parameters: given.parameters ?? {},
      accept: new Set(given.accept),
    },
    signal,
  )
  const read = async (sql: string) => {
    const request = { names: { this: thisRows }, sql, parameters: {} }
    const { rows } = await workspace.scan(request, new AbortController().signal)
    return rows.map((row) => [...row])
  }
  return { ...judgement, statements, read, candidate, change }
}

const asRows = ({ relation, columns }: Candidate): Rows => ({ kind: 'relation', relation, columns })
