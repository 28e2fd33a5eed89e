import { z } from 'zod'
import type { StepStatus } from '../../../../domain/run.js'
import type { CountedRun, RunHistoryFilter } from '../../history-store.js'
import { type Database, parseRows } from '../database.js'
import { RUN_COLUMNS, runFields } from '../runs.js'
import type { Scope } from '../scope.js'
import { isAlive } from '../session.js'

const NONE: Readonly<Record<StepStatus, number>> = {
  released: 0,
  unchanged: 0,
  held: 0,
  failed: 0,
  skipped: 0,
}

const countedRow: z.ZodType<CountedRun> = z
  .object({ ...runFields, steps: z.record(z.string(), z.number()) })
  .transform(({ steps, ...run }) => ({ ...run, steps: { ...NONE, ...steps } }))

const COUNTED = `${RUN_COLUMNS}, (
    select coalesce(jsonb_object_agg(ended.status, ended.steps), '{}') from (
      select s.status, count(*)::int as steps from millrace_state.steps s
      where s.scope = runs.scope and s.run = runs.run group by s.status) as ended) as steps`

/** By asset, its own steps lead to the runs: they are found newest first without looking at other runs. */
export async function countedRuns(
  database: Database,
  { scope }: Scope,
  { limit, before, status, asset }: RunHistoryFilter,
): Promise<CountedRun[]> {
  const from =
    asset === null
      ? 'millrace_state.runs runs'
      : `millrace_state.steps step join millrace_state.runs runs on runs.scope = step.scope and runs.run = step.run`
  const driver = asset === null ? 'runs' : 'step'
  const conditions = [`${driver}.scope = $1`]
  const values: unknown[] = [scope, limit]
  const given = (value: unknown, condition: (parameter: string) => string) => {
    if (value === null) return
    values.push(value)
    conditions.push(condition(`$${values.length}`))
  }
  given(before, (at) => `${driver}.run < ${at}::bigint`)
  given(status, (at) => `runs.status = ${at}`)
  given(asset, (at) => `step.asset = ${at}`)
  const rows = await database.query({
    text: `select ${COUNTED} from (
             select runs.* from ${from} where ${conditions.join(' and ')} order by ${driver}.run desc limit $2) as runs
           order by run desc`,
    values,
  })
  return parseRows(countedRow, rows, 'runs')
}

/** `owner` is this process, which lives even while its session is broken. */
export async function runsGoingOn(
  database: Database,
  { scope }: Scope,
  owner: number | null,
): Promise<CountedRun[]> {
  const rows = await database.query({
    text: `select ${COUNTED} from millrace_state.runs runs
           where scope = $1 and status = 'running' and (owner = $2 or ${isAlive('owner')}) order by run desc`,
    values: [scope, owner],
  })
  return parseRows(countedRow, rows, 'runs')
}
