import { expect } from 'vitest'
import type { Candidate, ReleaseChange, RowChange } from '../../../src/adapters/engines/engine.js'
import { type Bench, never, timed } from './bench.js'

/** One table, `staging.t`, with event times: released first, then changed. */
export function timedTable(bench: Bench) {
  const { build, changeOf, nextRun, publish, read, releaseAll } = bench
  const live = async (rows: string) => (await publish('staging.t', `${timed(rows)} order by id`)).relation
  const table = async () => await read('select id, v from staging.t order by id, v')

  const apply = async (
    rows: string,
    change: (candidate: Candidate) => RowChange,
    extra: Partial<ReleaseChange> = {},
  ) => {
    const candidate = await build('staging.t', timed(rows))
    const asChange = change(candidate)
    await bench.workspace.define('staging.t', {
      kind: 'changed',
      change: asChange,
      columns: candidate.columns,
    })
    const before = await bench.workspace.scan(
      { names: {}, sql: 'select id, v from staging.t order by id, v', parameters: {} },
      never(),
    )
    const touched = await bench.workspace.touchedRanges({ candidate, timeColumn: 'seen', change: asChange })
    await releaseAll([changeOf('staging.t', candidate, asChange, extra)])
    await nextRun()
    expect(before.rows).toEqual(await table())
    return touched
  }

  return { live, table, apply }
}
