import type { Rows } from '../../src/adapters/engines/engine.js'
import type { Asset } from '../../src/domain/asset.js'
import type { Check } from '../../src/domain/check.js'
import { type Judgement, type JudgeRequest, judgeCandidate } from '../../src/quality/judge.js'
import { DuckDbWorkspace } from './duckdb-workspace.js'

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
    budget: {},
    timeoutMs: 60_000,
    retries: 0,
    allowIncomplete: false,
    deliver: [],
    inputs: [],
    body: { kind: 'sql', text: '', canonical: '', parameters: [] },
    ...more,
  }
}

export const NOW = Date.UTC(2024, 5, 1, 12)

export type Given = Readonly<{
  /** Statement that yields the candidate's rows. */
  rows: string
  /** Statements to run first. */
  before?: readonly string[]
  /** Statement that yields the rows as they will be; absent: the candidate's. */
  after?: string
  checks: readonly Check[]
  asset?: Partial<Asset>
  tenant?: string
  accept?: readonly string[]
  view?: boolean
  timezone?: string
}>

export type Outcome = Judgement & Readonly<{ workspace: DuckDbWorkspace; relation: string }>

/** Judges rows that a statement yields, in a DuckDB of their own. */
export async function judge(given: Given, signal = new AbortController().signal): Promise<Outcome> {
  const workspace = await DuckDbWorkspace.open(given.timezone)
  for (const statement of given.before ?? []) await workspace.connection.run(statement)
  await workspace.connection.run(`create table candidate as ${given.rows}`)
  const candidate = await workspace.candidate('candidate')
  const thisRows: Rows = { kind: 'relation', relation: 'candidate', columns: candidate.columns }
  const request: JudgeRequest = {
    workspace,
    asset: asset(given.checks, given.asset),
    tenant: given.tenant,
    candidate,
    change: change(given),
    thisRows,
    afterRows: given.after ? { kind: 'statement', sql: given.after, parameters: {} } : thisRows,
    run: 7,
    now: NOW,
    parameters: {},
    accept: new Set(given.accept),
  }
  return { ...(await judgeCandidate(request, signal)), workspace, relation: 'candidate' }
}

function change(given: Given): JudgeRequest['change'] {
  if (given.view) return null
  return given.after === undefined
    ? { kind: 'replace', candidate: 'candidate', live: null }
    : { kind: 'append', candidate: 'candidate', live: 'live', key: [] }
}

/** The result of the only check. */
export async function judgeOne(given: Omit<Given, 'checks'> & { check: Check }) {
  const { results } = await judge({ ...given, checks: [given.check] })
  return results[0]!
}
