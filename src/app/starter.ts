import { basename } from 'node:path'

/** The files of a new project, path → text. The name of the folder becomes the project's. */
export function starterFiles(root: string): Record<string, string> {
  return {
    'millrace.yaml': settings(projectName(root)),
    'incoming/doors.csv': readings(),
    'assets/raw/doors.yaml': RAW_DOORS,
    'assets/staging/door_counts.sql': DOOR_COUNTS,
    'assets/marts/traffic_hourly.sql': TRAFFIC_HOURLY,
    '.gitignore': '.millrace/\noutgoing/\n',
    'README.md': README,
  }
}

function projectName(root: string): string {
  const name = basename(root)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return /^[a-z]/.test(name) ? name : `project_${name || 'one'}`
}

const settings = (name: string): string => `name: ${name}
tenant: customer_id
timezone: UTC
state: embedded                  # or postgres://…
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb }
connections:
  drop: { type: files, path: ./incoming }
  shelf: { type: files, path: ./outgoing }
`

/** Two doors, two days, every quarter of an hour; one count is impossible, so that a check has work to do. */
function readings(): string {
  const rows = ['door_id,customer_id,read_at,people_in,people_out']
  for (let quarter = 0; quarter < 192; quarter++) {
    const at = new Date(Date.UTC(2026, 0, 5) + quarter * 900_000).toISOString().replace('.000Z', 'Z')
    const hour = Math.floor(quarter / 4) % 24
    const busy = hour >= 8 && hour < 18 ? 12 - Math.abs(hour - 13) : 0
    rows.push(`1,acme,${at},${quarter === 77 ? -40 : busy},${busy}`)
    rows.push(`2,globex,${at},${Math.ceil(busy / 2)},${Math.floor(busy / 2)}`)
  }
  return `${rows.join('\n')}\n`
}

const RAW_DOORS = `description: What the doors counted, as the files say
owner: data
source: { from: drop, path: '*.csv', format: csv }
time: { column: read_at }
columns:
  door_id: { type: bigint, checks: [not_null] }
  customer_id: { type: varchar }
  read_at: { type: timestamptz, description: when the door counted, checks: [not_null] }
  people_in: { type: bigint }
  people_out: { type: bigint }
`

const DOOR_COUNTS = `/* @asset
description: Door counts without repeats; impossible counts are set aside
owner: data
materialize: incremental
time: { column: read_at, grain: hour }
key: [door_id, read_at]
columns:
  people_in: { checks: [{ accepted_range: { min: 0, max: 1000, on_fail: quarantine, severity: warning } }] }
*/
select distinct on (door_id, read_at) door_id, customer_id, read_at, people_in, people_out
from raw.doors
where read_at >= $start and read_at < $end
order by door_id, read_at, people_in desc
`

const TRAFFIC_HOURLY = `/* @asset
description: People who came in, per door and hour
owner: data
materialize: incremental
time: { column: hour, grain: hour }
key: [door_id, hour]
columns:
  visits: { description: people who came in, checks: [{ accepted_range: { min: 0, max: 5000 } }] }
checks:
  - row_count: { min: 1 }
deliver: { to: shelf, path: traffic_hourly.parquet }
*/
select customer_id, door_id, date_trunc('hour', read_at) as hour, sum(people_in)::bigint as visits
from staging.door_counts
where read_at >= $start and read_at < $end
group by all
`

const README = `# A Millrace project

- \`millrace plan\` shows what would be built, and why.
- \`millrace run\` builds, checks, releases and delivers it.
- \`millrace query "select * from marts.traffic_hourly order by visits desc limit 5"\` looks at what was released.
- \`millrace query "select * from quarantine.staging__door_counts"\` shows the row that was set aside.

Put another CSV into \`incoming/\` and run again: only the hours it touches are built anew.
`
