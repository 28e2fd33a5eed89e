import { afterAll, expect, it } from 'vitest'
import { judgeReleased } from '../../src/quality/judge-released.js'
import { asset, check, NOW, openJudge } from './given.js'

const { engine, close } = await openJudge()
afterAll(close)

it('judges released rows by today’s checks, moves nothing, and says what would become of them', async () => {
  const signal = new AbortController().signal
  const workspace = await engine.openWorkspace(1)
  const sql = "select * from (values (1, 'a'), (2, null), (2, 'b')) v(id, customer)"
  const build = { asset: 'marts.visits', relation: 'visits_1', sql, parameters: {} }
  const { relation, columns } = await workspace.build(build, {}, signal)
  const checks = [
    check({ kind: 'not_null', column: 'customer', onFail: 'quarantine' }),
    check({ kind: 'unique', columns: ['id'], onFail: 'hold_delivery' }),
    check({ kind: 'row_count', min: 1 }),
  ]
  const request = {
    workspace,
    asset: asset(checks),
    tenant: 'customer',
    rows: { kind: 'relation', relation, columns } as const,
    columns,
    now: NOW,
    parameters: {},
  }
  const { results, verdict } = await judgeReleased(request, signal)
  expect(results.map(({ status, failedRows, message }) => [status, failedRows, message])).toEqual([
    ['failed', 1, '1 of 3 rows has no customer'],
    ['failed', 2, '2 of 3 rows share their id with another row'],
    ['passed', 0, '3 rows'],
  ])
  expect(results[1]?.tenants).toHaveLength(3)
  expect(verdict).toBe('hold_delivery')
  await workspace.close()
})
