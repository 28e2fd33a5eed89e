/**
 * 200 tenants × 4 charts: what making all reports takes, against the bare parts put together by hand in the best way
 * there is: each query asked once for all tenants, its rows dealt out, a picture of each, a string of HTML, a file. The
 * hands isolate nobody. They draw once with the same pictures as Millrace and once with a library that draws charts.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { renderReports } from '../src/app/report/render-report.js'
import { runProject } from '../src/app/run-project.js'
import { openSession } from '../src/app/session.js'
import { systemClock } from '../src/base/clock.js'
import { silentLog } from '../src/base/log.js'
import { chartData } from '../src/reports/chart/chart-data.js'
import { drawChart } from '../src/reports/chart/draw-chart.js'
import { writerFor } from '../src/reports/render/write-value.js'
import type { ChartBlock } from '../src/reports/report.js'
import { startTestPostgres } from '../test/support/postgres.js'
import { removeProject } from '../test/support/remove-project.js'
import { option, print } from './support/report.js'

const TENANTS = Number(option('tenants', '200'))
const ROWS = Number(option('rows', '2000000'))
const START = '2024-01-29 00:00:00+00'
const END = '2024-02-05 00:00:00+00'

const QUERIES = {
  daily: `select date_trunc('day', hour) as day, sum(visits) as visits from marts.traffic
    where hour >= $start and hour < $end group by all order by day`,
  hours: `select hour, sum(visits) as visits from marts.traffic
    where hour >= $start and hour < $end group by all order by hour`,
  rooms: `select room, sum(visits) as visits from marts.traffic
    where hour >= $start and hour < $end group by all order by visits desc, room limit 8`,
  kinds: `select date_trunc('day', hour) as day, kind, sum(visits) as visits from marts.traffic
    where hour >= $start and hour < $end group by all order by kind, day`,
}
const block = (kind: string, text: string) => `\`\`\`${kind}\n${text}\n\`\`\`\n`
const REPORT = `---
title: Your week
for_each: tenant
period: week
---

${Object.entries(QUERIES)
  .map(([name, sql]) => block(`sql ${name}`, sql))
  .join('\n')}
${block('chart bar', 'data: daily\nx: day\ny: visits\ntitle: Day by day')}
${block('chart line', 'data: hours\nx: hour\ny: visits\ntitle: Hour by hour')}
${block('chart bar', 'data: rooms\nx: room\ny: visits\ntitle: Rooms')}
${block('chart line', 'data: kinds\nx: day\ny: visits\nseries: kind\ntitle: Kinds')}
`

const TYPES = { day: 'TIMESTAMP WITH TIME ZONE', hour: 'TIMESTAMP WITH TIME ZONE' } as const
const COLUMNS = { daily: ['day'], hours: ['hour'], rooms: ['room'], kinds: ['day', 'kind'] } as const

const server = await startTestPostgres()
const root = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
const write = (file: string, text: string) => {
  mkdirSync(join(root, file, '..'), { recursive: true })
  writeFileSync(join(root, file), text)
}
write(
  'millrace.yaml',
  `name: bench\ntenant: customer_id\nstate: "\${STATE}"\nconnections:\n  drop: { type: files, path: ./incoming }\n`,
)
write('assets/raw/traffic.yaml', `source: { from: drop, path: '*.parquet', format: parquet }\n`)
write(
  'assets/marts/traffic.sql',
  '/* @asset\ntime: { column: hour }\n*/\nselect customer_id, room, kind, hour, visits from raw.traffic\n',
)
write('reports/weekly.md', REPORT)
mkdirSync(join(root, 'incoming'))
const bare = await DuckDBInstance.create(':memory:')
const hand = await bare.connect()
await hand.run(`set timezone = 'UTC'; create schema marts; create table marts.traffic as select
  'customer_' || (i % ${TENANTS}) as customer_id, 'room ' || (i // ${TENANTS} % 10) as room,
  'kind ' || (i // ${TENANTS} % 3) as kind, hash(i)::hugeint % 100 as visits,
  timestamptz '2024-01-01 00:00:00+00' + to_hours((i // ${TENANTS * 10} % 1000)::bigint) as hour
  from range(${ROWS}) t(i)`)
await hand.run(`copy marts.traffic to '${join(root, 'incoming/traffic.parquet')}' (format parquet)`)

const signal = new AbortController().signal
const session = await openSession({
  ...{ folder: root, environment: 'prod', env: { STATE: await server.createDatabase() } },
  ...{ clock: systemClock, log: () => silentLog, processName: 'a benchmark' },
})
try {
  const all = { select: null, full: false, start: null, end: null, trigger: 'benchmark', accept: [] }
  await runProject(session, all, () => undefined, signal)
  const request = { report: 'weekly', tenant: null, period: '2024-W05', out: join(root, 'out') }
  const render = () => renderReports(session, request, () => undefined, signal)
  const before = process.memoryUsage().rss
  const began = performance.now()
  const cpu = process.cpuUsage()
  const records = await render()
  const used = process.cpuUsage(cpu)
  const millrace = performance.now() - began
  const grown = process.memoryUsage().rss - before
  const again = performance.now()
  await render()
  const unchanged = performance.now() - again
  const lean = await byHand(samePicture)
  const usual = await byHand(libraryPicture)
  print('reports', {
    tenants: TENANTS,
    charts: TENANTS * 4,
    rows: ROWS,
    rendered: records.filter(({ status }) => status === 'rendered').length,
    millraceSeconds: millrace / 1000,
    handsSeconds: lean.seconds,
    ratio: Number((millrace / 1000 / lean.seconds).toFixed(2)),
    handsWithLibrarySeconds: usual.seconds,
    ratioWithLibrary: Number((millrace / 1000 / usual.seconds).toFixed(2)),
    millraceCpuSeconds: (used.user + used.system) / 1e6,
    handsCpuSeconds: lean.cpuSeconds,
    handsWithLibraryCpuSeconds: usual.cpuSeconds,
    unchangedSeconds: unchanged / 1000,
    bytesEach: Math.round(records.reduce((sum, { bytes }) => sum + bytes, 0) / records.length),
    memoryGrownMiB: Math.round(grown / 2 ** 20),
  })
} finally {
  await session.close()
  await server.stop()
  removeProject(root)
}

type Draw = (name: string, rows: readonly (readonly unknown[])[]) => string

/** Every query once, for everybody; its rows by tenant. */
async function byHand(draw: Draw): Promise<{ seconds: number; cpuSeconds: number }> {
  use([BarChart, LineChart, GridComponent, SVGRenderer])
  mkdirSync(join(root, 'hands'), { recursive: true })
  const began = performance.now()
  const cpu = process.cpuUsage()
  const pages = new Map<string, string[]>()
  for (const [name, sql] of Object.entries(QUERIES)) {
    const text = sql
      .replaceAll('$start', `timestamptz '${START}'`)
      .replaceAll('$end', `timestamptz '${END}'`)
      .replace('select', 'select customer_id,')
      .replace(/ limit \d+/, '')
    const most = Number(/ limit (\d+)/.exec(sql)?.[1] ?? Number.POSITIVE_INFINITY)
    const dealt = new Map<string, unknown[][]>()
    for (const [tenant, ...row] of (await hand.runAndReadAll(text)).getRowsJS()) {
      const rows = dealt.get(String(tenant)) ?? []
      dealt.set(String(tenant), rows)
      if (rows.length < most) rows.push(row)
    }
    for (const [tenant, rows] of dealt) pages.set(tenant, [...(pages.get(tenant) ?? []), draw(name, rows)])
  }
  for (const [tenant, pictures] of pages)
    writeFileSync(
      join(root, 'hands', `${tenant}.html`),
      `<!doctype html><h1>Your week</h1>${pictures.join('')}`,
    )
  const used = process.cpuUsage(cpu)
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: (used.user + used.system) / 1e6 }
}

function samePicture(name: string, rows: readonly (readonly unknown[])[]): string {
  const names = COLUMNS[name as keyof typeof COLUMNS]
  const at = { file: '', line: 1, column: 1 }
  const block: ChartBlock = {
    ...{ kind: 'chart', query: name, title: [], caption: null, unit: '', format: null, formatAt: null, at },
    ...{ chart: kindOf(name), x: { value: names[0], at }, y: [{ value: 'visits', at }] },
    series: names[1] ? { value: names[1], at } : null,
  }
  const result = {
    columns: [
      ...names.map((each) => ({ name: each, type: TYPES[each as keyof typeof TYPES] ?? 'VARCHAR' })),
      { name: 'visits', type: 'HUGEINT' },
    ],
    rows: rows.map((row) =>
      row.map((value) =>
        value instanceof Date
          ? value.toISOString()
          : typeof value === 'bigint'
            ? Number(value)
            : String(value),
      ),
    ),
    truncated: false,
  }
  const period = {
    unit: 'week',
    label: '2024-W05',
    start: Date.parse(START),
    end: Date.parse(END),
  } as const
  const data = chartData(block, result, { period, writer: writerFor('en', 'UTC') })
  return data === null ? '' : drawChart(block, data)
}

function kindOf(name: string): 'bar' | 'line' {
  return name === 'daily' || name === 'rooms' ? 'bar' : 'line'
}

function libraryPicture(name: string, rows: readonly (readonly unknown[])[]): string {
  const type = kindOf(name)
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 640, height: 240 })
  const kinds = name === 'kinds' ? [...new Set(rows.map((row) => String(row[1])))] : ['']
  chart.setOption({
    animation: false,
    xAxis: { type: 'category', data: [...new Set(rows.map((row) => String(row[0])))] },
    yAxis: { type: 'value' },
    series: kinds.map((kind) => ({
      type,
      showSymbol: false,
      data: rows.filter((row) => kind === '' || row[1] === kind).map((row) => Number(row.at(-1))),
    })),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}
