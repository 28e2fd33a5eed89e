import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readMetric } from '../../../src/app/api/metric-reads.js'
import { openSession, type Session } from '../../../src/app/session.js'
import { step } from '../../conformance/store.js'
import { openTestProject } from './test-project.js'

const HOUR = 3_600_000

describe('a metric over time', () => {
  let session: Session
  let remove: () => Promise<void>
  beforeAll(async () => {
    const project = await openTestProject({
      'millrace.yaml':
        'name: metrics\nstate: "\x24{STATE_URL}"\nwarehouse: { type: duckdb, path: .millrace/warehouse.duckdb }\n',
      'assets/a/one.sql': '/* @asset\ndescription: x\n*/\nselect 1 as n\n',
    })
    remove = project.remove
    session = await openSession(project.options)
    const store = await session.services.store()
    // Sixty steady runs, then one with five times the rows, and a loss that is no number.
    for (let run = 1; run <= 61; run++) {
      await store.beginRun({ trigger: 'test', at: run * HOUR })
      const value = run === 61 ? 5_000 : 1_000 + (run % 7) * 10
      const metrics = [
        { name: 'rows_out', value },
        { name: 'loss', value: run === 30 ? Number.NaN : 0.5 },
      ]
      await store.recordSteps(run, [step('a.one', { startedAt: run * HOUR, durationMs: 0, metrics })])
    }
  })
  afterAll(async () => {
    await session?.close()
    await remove?.()
  })
  const read = (change: object = {}) =>
    readMetric(session, { asset: 'a.one', metric: 'rows_out', since: null, limit: 100, ...change })

  test('has no band until there is enough history, and then one made of what came before', async () => {
    const points = await read()
    expect(points.map(({ run }) => run)).toEqual(Array.from({ length: 61 }, (_, at) => at + 1))
    expect(points[0]).toEqual({
      run: 1,
      at: HOUR,
      value: 1_010,
      expected: null,
      low: null,
      high: null,
      unusual: false,
    })
    const last = points.at(-1)!
    expect(last.unusual).toBe(true)
    expect(last.high).toBeLessThan(2_000)
    expect(last.low).toBeGreaterThan(500)
    expect(points.slice(0, -1).every(({ unusual }) => !unusual)).toBe(true)
  })

  test('is cut after it was judged, so that a short series has its band too', async () => {
    const [last] = await read({ limit: 1 })
    expect(last).toMatchObject({ run: 61, unusual: true, expected: expect.any(Number) })
    const since = await read({ since: 60 * HOUR })
    expect(since.map(({ run }) => run)).toEqual([60, 61])
    expect(since[1]?.unusual).toBe(true)
  })

  test('a value that is no number is a gap, and spoils no band', async () => {
    const points = await read({ metric: 'loss' })
    expect(points).toHaveLength(60)
    expect(points.some(({ run }) => run === 30)).toBe(false)
    expect(points.filter(({ unusual }) => unusual)).toEqual([])
  })
})
