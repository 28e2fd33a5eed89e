import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DuckDBConnection } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { saveTruth, TruthKeeper } from '../../../examples/washrooms/fleet/truth.js'
import { type Score, score } from '../../../examples/washrooms/score/score.js'
import { scoreTable } from '../../../examples/washrooms/score/table.js'
import { createParser } from '../../../src/adapters/engines/duckdb/query/parse.js'
import { loadProject } from '../../../src/project/load-project.js'
import {
  assetFile,
  buildAsset,
  buildFillLevel,
  EXAMPLE,
  liveThrough,
  openWarehouse,
  rowsOf,
  smallFleet,
  wholeRange,
} from './harness.js'

const settings = smallFleet()
const range = wholeRange(settings)
const keeper = new TruthKeeper()
const { world, messages } = liveThrough(settings, keeper)
const RANGED = ['staging.readings', 'staging.door_counts', 'staging.levels', 'marts.traffic_hourly']
const LAST = ['marts.refills', 'marts.hours_until_empty', 'marts.device_health', 'marts.washroom_status']
const DELIVERED = ['traffic_hourly', 'fill_level', 'refills', 'hours_until_empty', 'device_health']

const folder = mkdtempSync(join(tmpdir(), 'washrooms-'))
let warehouse: DuckDBConnection
let aside = 0
let result: Score

const number = async (sql: string): Promise<number> => Number((await rowsOf(warehouse, sql))[0]![0])
const ours = (what: string, measure: string) =>
  result.lines.find((line) => line.what === what && line.measure === measure)!.ours!
const naive = (what: string, measure: string) =>
  result.lines.find((line) => line.what === what && line.measure === measure)!.naive!

beforeAll(async () => {
  warehouse = await openWarehouse(world, messages)
  for (const name of RANGED) aside += await buildAsset(warehouse, name, range)
  await buildFillLevel(warehouse)
  for (const name of LAST) await buildAsset(warehouse, name, range)
  for (const name of DELIVERED) await warehouse.run(`copy marts.${name} to '${folder}/${name}.parquet'`)
  await saveTruth(world, keeper, `${folder}/truth`)
  result = await score({ lake: folder, truth: `${folder}/truth` })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the project', () => {
  it('loads without a diagnostic', async () => {
    const { project, diagnostics } = await loadProject(EXAMPLE, {
      parse: createParser(warehouse),
      env: { APP_DATABASE_URL: 'postgres://localhost/app' },
    })
    expect(diagnostics).toEqual([])
    expect(project?.assets.map(({ name }) => name)).toEqual(
      expect.arrayContaining([...RANGED, ...LAST, 'marts.fill_level']),
    )
  })

  it('has a TypeScript asset that fits the types of what it reads and yields', () => {
    const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', EXAMPLE], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, ''])
  })

  it('has a key without doubles and an owner in every table', async () => {
    for (const name of [...RANGED, ...LAST]) {
      const key = assetFile(name).header.key.join(', ')
      expect([name, await number(`select count(*) - count(distinct (${key})) from ${name}`)]).toEqual([
        name,
        0,
      ])
      expect([name, await number(`select count(*) from ${name} where customer_id is null`)]).toEqual([
        name,
        0,
      ])
      expect([name, await number(`select count(*) from ${name}`)]).not.toEqual([name, 0])
    }
  })
})

describe('cleaning', () => {
  it('keeps one row per device and time, and sets impossible values aside', async () => {
    expect(
      await number('select count(*) - count(distinct (device_id, device_read_at)) from staging.readings'),
    ).toBe(0)
    expect(aside / messages.length).toBeGreaterThan(0.0005)
    expect(aside / messages.length).toBeLessThan(0.002)
    expect(await number('select count(*) from staging.levels where not (level between -10 and 130)')).toBe(0)
  })

  it('brings clocks that run ahead back to within two minutes', async () => {
    for (const { deviceId, skewMs } of world.park.devices.filter((device) => device.skewMs > 5 * 60_000)) {
      const off = await number(
        `select quantile_cont(abs(clock_ahead_seconds - ${skewMs / 1000}), 0.9) from staging.readings where device_id = ${deviceId}`,
      )
      expect(off).toBeLessThan(120)
    }
  })

  it('makes percent of every unit', async () => {
    expect(await number(`select max(level) from staging.levels where sent_level > 200`)).toBeLessThanOrEqual(
      130,
    )
  })
})

describe('against the truth', () => {
  it('visits per hour are within a few percent, and closer than the naive sum', () => {
    expect(ours('Visits per hour', 'error relative to all visits')).toBeLessThan(7)
    expect(ours('Visits per hour', 'mean absolute error')).toBeLessThan(
      naive('Visits per hour', 'mean absolute error'),
    )
  })

  it('fill levels are within two percent though sensors stick and drift, and closer than the sensors', () => {
    const error = ours('Fill level', 'mean absolute error')
    expect(error).toBeLessThan(1.8)
    expect(error).toBeLessThan(ours('Fill level, cleaned but not filtered', 'mean absolute error'))
    expect(error).toBeLessThan(naive('Fill level', 'mean absolute error'))
  })

  it('refills are found, and little else', () => {
    expect(ours('Refills', 'precision')).toBeGreaterThan(93)
    expect(ours('Refills', 'recall')).toBeGreaterThan(93)
  })

  it('hours until empty are right to some hours', () => {
    expect(ours('Hours until empty', 'median absolute error')).toBeLessThan(6)
    expect(ours('Hours until empty', 'mean absolute error')).toBeLessThan(
      naive('Hours until empty', 'mean absolute error'),
    )
  })

  it('unwell devices are told from well ones', () => {
    for (const fault of ['silent', 'stuck', 'clock ahead', 'clock behind']) {
      expect(ours(`Device-days ${fault}`, 'recall')).toBeGreaterThan(80)
      expect(ours(`Device-days ${fault}`, 'precision')).toBeGreaterThan(70)
    }
  })

  it('fills a table for the docs', () => {
    const table = scoreTable(result)
    expect(table).toContain('| Fill level | mean absolute error |')
    expect(table).toMatch(/^Seed 11, 1\d\d,\d{3} readings of 10 days from 2024-05-14\./)
  })
})
