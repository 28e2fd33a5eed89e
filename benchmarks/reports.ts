/**
 * 200 tenants × 4 charts: what making all reports takes, against the bare parts put together by hand: the same
 * queries with the tenant written into each, echarts, a string of HTML, a file. The bare way isolates nobody.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
import { startTestPostgres } from '../test/support/postgres.js'
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
  const bareCpu = process.cpuUsage()
  const byHand = await bareReports()
  const bareUsed = process.cpuUsage(bareCpu)
  print('reports', {
    tenants: TENANTS,
    charts: TENANTS * 4,
    rows: ROWS,
    rendered: records.filter(({ status }) => status === 'rendered').length,
    millraceSeconds: millrace / 1000,
    bareSeconds: byHand / 1000,
    ratio: Number((millrace / byHand).toFixed(2)),
    millraceCpuSeconds: (used.user + used.system) / 1e6,
    bareCpuSeconds: (bareUsed.user + bareUsed.system) / 1e6,
    unchangedSeconds: unchanged / 1000,
    bytesEach: Math.round(records.reduce((sum, { bytes }) => sum + bytes, 0) / records.length),
    memoryGrownMiB: Math.round(grown / 2 ** 20),
  })
} finally {
  await session.close()
  await server.stop()
  rmSync(root, { recursive: true, force: true })
}

async function bareReports(): Promise<number> {
  use([BarChart, LineChart, GridComponent, SVGRenderer])
  mkdirSync(join(root, 'bare'))
  const began = performance.now()
  for (let tenant = 0; tenant < TENANTS; tenant++) {
    const pictures: string[] = []
    for (const [name, sql] of Object.entries(QUERIES)) {
      const text = sql
        .replaceAll('$start', `timestamptz '${START}'`)
        .replaceAll('$end', `timestamptz '${END}'`)
        .replace('where', `where customer_id = 'customer_${tenant}' and`)
      const rows = (await hand.runAndReadAll(text)).getRows()
      pictures.push(picture(name, rows))
    }
    writeFileSync(
      join(root, 'bare', `${tenant}.html`),
      `<!doctype html><h1>Your week</h1>${pictures.join('')}`,
    )
  }
  return performance.now() - began
}

function picture(name: string, rows: readonly (readonly unknown[])[]): string {
  const type = name === 'daily' || name === 'rooms' ? 'bar' : 'line'
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
