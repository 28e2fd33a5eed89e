import { z } from 'zod'
import type { RunRecord, RunStatus } from '../../../domain/run.js'
import { type Database, only, parseRows } from './database.js'
import { plainText } from './json-text.js'
import type { Scope } from './scope.js'
import { isAlive } from './session.js'

export const runFields = {
  run: z.number(),
  status: z.enum(['running', 'done', 'failed', 'held', 'cancelled', 'abandoned']),
  environment: z.string(),
  startedAt: z.number(),
  finishedAt: z.number().nullable(),
  release: z.number().nullable(),
  trigger: z.string(),
}

const runRow: z.ZodType<RunRecord> = z.object(runFields)

export const RUN_COLUMNS = `run, status, (select environment from millrace_state.scopes s where s.scope = runs.scope) as environment,
  millrace_state.ms(started_at) as "startedAt", millrace_state.ms(finished_at) as "finishedAt", release, trigger`

export async function beginRun(
  database: Database,
  { scope }: Scope,
  request: { trigger: string; at: number; above?: number; owner: number; process: string },
): Promise<RunRecord> {
  let run = 0
  const rows = await database.transaction(async (query) => {
    // Begun again after a lost connection: the first try may have been committed.
    const begun = await query({
      text: `select ${RUN_COLUMNS} from millrace_state.runs where scope = $1 and run = $2 and owner = $3`,
      values: [scope, run, request.owner],
    })
    if (begun.length > 0) return begun
    const counter = await query({
      text: `update millrace_state.scopes set last_run = greatest(last_run, $2) + 1
             where scope = $1 returning last_run as run`,
      values: [scope, request.above ?? 0],
    })
    run = only(z.object({ run: z.number() }), counter, 'scopes').run
    return query({
      text: `insert into millrace_state.runs (scope, run, status, trigger, started_at, owner, process)
             values ($1, $2, 'running', $3, millrace_state.instant($4), $5, $6) returning ${RUN_COLUMNS}`,
      values: [scope, run, plainText(request.trigger), request.at, request.owner, plainText(request.process)],
    })
  })
  return only(runRow, rows, 'runs')
}

export type RunEnd = Readonly<{ status: RunStatus; release: number | null; at: number }>

/** `owner`: whose locks go with the run. Another process may have taken it for dead and hold them now. */
export async function finishRun(
  database: Database,
  { scope }: Scope,
  run: number,
  { status, release, at, owner }: RunEnd & { owner: number },
): Promise<void> {
  await database.query({
    text: `with unlocked as (delete from millrace_state.locks where scope = $1 and run = $2 and owner = $6)
           update millrace_state.runs set status = $3, release = $4, finished_at = millrace_state.instant($5)
           where scope = $1 and run = $2`,
    values: [scope, run, status, release, at, owner],
  })
}

/**
 * A run that died after its release was committed keeps the release's number. Its locks go with it. `owner` is this
 * process, which lives even while its session is broken.
 */
export async function abandonDeadRuns(
  database: Database,
  { scope }: Scope,
  at: number,
  owner: number | null,
): Promise<RunRecord[]> {
  const rows = await database.query({
    text: `with dead as (
             select run from millrace_state.runs where scope = $1 and status = 'running'
               and owner is distinct from $3 and not ${isAlive('owner')}),
           unlocked as (delete from millrace_state.locks where scope = $1 and run in (select run from dead))
           update millrace_state.runs set status = 'abandoned', finished_at = millrace_state.instant($2),
             release = (select max(r.release) from millrace_state.releases r
                        where r.scope = runs.scope and r.run = runs.run and r.status = 'committed')
           where scope = $1 and run in (select run from dead) and status = 'running'
           returning ${RUN_COLUMNS}`,
    values: [scope, at, owner],
  })
  return parseRows(runRow, rows, 'runs').sort((a, b) => a.run - b.run)
}

/** Newest first; `before` is a run's number, or any larger one. */
export async function runs(
  database: Database,
  { scope }: Scope,
  request: { limit: number; before?: number },
): Promise<RunRecord[]> {
  const rows = await database.query({
    text: `select ${RUN_COLUMNS} from millrace_state.runs where scope = $1 and ($2::bigint is null or run < $2)
           order by run desc limit $3`,
    values: [scope, request.before ?? null, request.limit],
  })
  return parseRows(runRow, rows, 'runs')
}

/** Null for a number that no run has; it may be too large for the column. */
export async function runRecord(
  database: Database,
  { scope }: Scope,
  run: number,
): Promise<RunRecord | null> {
  const rows = await database.query({
    text: `select ${RUN_COLUMNS} from millrace_state.runs where scope = $1 and run = $2::bigint`,
    values: [scope, run],
  })
  return parseRows(runRow, rows, 'runs')[0] ?? null
}
