/** A small project that uses every kind of step, for tests of the whole. */
export const washroomFiles: Readonly<Record<string, string>> = {
  'millrace.yaml': `name: e2e
tenant: customer_id
timezone: Europe/Dublin
state: embedded
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb, memory_limit: 1GB }
connections:
  app: { type: postgres, url: "\${APP_DATABASE_URL}" }
  shelf: { type: files, path: ./outgoing }
vars: { most: 1000 }
`,
  'assets/raw/readings.yaml': `description: Readings as sent
source: { from: app, table: hardware.readings, load: incremental, cursor: id }
key: [id]
time: { column: read_at }
columns:
  device_id: { checks: [not_null] }
`,
  'assets/raw/devices.yaml': `description: Devices
source: { from: app, table: hardware.devices, load: full }
key: [device_id]
`,
  'assets/staging/counts.sql': `/* @asset
description: Readings without repeats
materialize: incremental
time: { column: read_at, grain: hour }
key: [device_id, read_at]
columns:
  visits: { checks: [{ accepted_range: { min: 0, max: 100000 } }] }
allow_incomplete: true
*/
select device_id, read_at, max(visits)::bigint as visits
from raw.readings
where read_at >= $start and read_at < $end and visits < $most
group by all
`,
  'assets/marts/hourly.sql': `/* @asset
description: Visits per device and hour
materialize: incremental
time: { column: hour, grain: hour }
key: [device_id, hour]
allow_incomplete: true
deliver: [{ to: app, table: insights.hourly }, { to: shelf, path: hourly.parquet }]
*/
select d.customer_id, c.device_id, date_trunc('hour', c.read_at) as hour, sum(c.visits)::bigint as visits
from staging.counts c join raw.devices d using (device_id)
where c.read_at >= $start and c.read_at < $end
group by all
`,
  'assets/marts/daily.sql': `/* @asset
description: Visits per device and local day
key: [device_id, day]
deliver: { to: app, table: insights.daily }
*/
select customer_id, device_id, date_trunc('day', hour)::date as day, sum(visits)::bigint as visits
from marts.hourly group by all
`,
  'assets/marts/running.ts': `/* @asset
description: Running total per device, in order
key: [device_id, hour]
inputs: [marts.hourly]
columns:
  device_id: { type: bigint }
  hour: { type: timestamptz }
  total: { type: bigint }
deliver: { to: app, table: insights.running }
*/
export default async function* (ctx) {
  let device = null
  let total = 0
  for await (const row of ctx.input('marts.hourly', { orderBy: ['device_id', 'hour'] })) {
    if (row.device_id !== device) { device = row.device_id; total = 0 }
    total += row.visits
    yield { device_id: row.device_id, hour: row.hour, total }
  }
}
`,
  'assets/marts/busy.sql': `/* @asset
description: Devices that were ever busy
materialize: view
*/
select device_id, max(visits) as most from marts.hourly group by all having max(visits) > 3
`,
}

/** What the app's database holds before the first run. */
export const appSchema = `
create schema hardware;
create table hardware.devices (device_id bigint primary key, customer_id text not null);
create table hardware.readings (
  id bigserial primary key, device_id bigint not null, read_at timestamptz not null, visits int not null
);
insert into hardware.devices select d, 'customer_' || d % 3 from generate_series(1, 9) d;
`

/** One batch of readings: mostly new hours, some late ones, some repeats. Deterministic by number. */
export const batchSql = (batch: number, rows = 600): string => `
insert into hardware.readings (device_id, read_at, visits)
select 1 + (n * 7) % 9,
       timestamptz '2026-03-01 00:00+00' + make_interval(mins => ((${batch} * ${rows} + n) * 3 - case when n % 11 = 0 then 4000 else 0 end)::int),
       (n * 13) % 7
from generate_series(1, ${rows}) n
`
