export const CLEAN = `select distinct on (device_id, read_at) id, device_id, read_at, people_in, people_out, level
from raw.readings
where read_at >= $start and read_at < $end and people_in between 0 and 1000`

export const HOURLY = `select device_id, date_trunc('hour', read_at) as hour, sum(people_in)::bigint as visits,
  sum(people_out)::bigint as people_out, count(*) as readings
from staging.clean
where read_at >= $start and read_at < $end
group by all`

export const DAILY = `select device_id, date_trunc('day', hour)::date as day, sum(visits)::bigint as visits, max(visits) as busiest
from marts.hourly group by all`

export const LATEST = `select device_id, max(read_at) as read_at, arg_max(level, read_at) as level from staging.clean group by all`

const asset = (header: string, sql: string): string => `/* @asset\n${header}*/\n${sql}\n`

export const rawToOutputFiles: Readonly<Record<string, string>> = {
  'millrace.yaml': `name: bench
state: embedded
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb }
connections:
  app: { type: postgres, url: "\${APP_DATABASE_URL}" }
`,
  'assets/raw/readings.yaml': `source: { from: app, table: hardware.readings, load: incremental, cursor: id }
key: [id]
time: { column: read_at }
`,
  'assets/staging/clean.sql': asset(
    `materialize: incremental
time: { column: read_at, grain: hour }
allow_incomplete: true
columns:
  device_id: { checks: [not_null] }
  people_in: { checks: [{ accepted_range: { min: 0, max: 1000 } }] }
`,
    CLEAN,
  ),
  'assets/marts/hourly.sql': asset(
    `materialize: incremental
time: { column: hour, grain: hour }
key: [device_id, hour]
allow_incomplete: true
columns:
  visits: { checks: [not_null, { accepted_range: { min: 0 } }] }
deliver: { to: app, table: insights.hourly }
`,
    HOURLY,
  ),
  'assets/marts/daily.sql': asset(
    `key: [device_id, day]
checks: [{ row_count: { min: 1 } }]
deliver: { to: app, table: insights.daily }
`,
    DAILY,
  ),
  'assets/marts/latest.sql': asset(
    `key: [device_id]
checks: [{ row_count: { min: 1 } }]
deliver: { to: app, table: insights.latest }
`,
    LATEST,
  ),
}
