/** A project with everything pages show: a source, SQL, TypeScript, checks, a delivery, a schedule. */
export const apiProjectFiles: Readonly<Record<string, string>> = {
  'millrace.yaml': `name: api
tenant: customer_id
timezone: UTC
state: "\${STATE_URL}"
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb, memory_limit: 512MB }
connections:
  drop: { type: files, path: ./incoming }
  shelf: { type: files, path: ./outgoing }
vars: { most: 1000 }
`,
  'incoming/doors-1.csv': doors([3, 5, 8]),
  'assets/raw/doors.yaml': `description: What the doors counted
owner: hardware
source: { from: drop, path: '*.csv', format: csv }
columns:
  door_id: { type: bigint }
  customer_id: { type: varchar }
  visits: { type: bigint, description: people who came in }
`,
  'assets/staging/doors.sql': `/* @asset
description: Doors without nonsense
owner: data
tags: [daily]
columns:
  visits: { checks: [{ accepted_range: { min: 0 } }] }
*/
select door_id, customer_id, visits from raw.doors
`,
  'assets/marts/visits.sql': `/* @asset
description: Visits per customer
owner: data
key: [customer_id]
columns:
  visits: { description: all people who came in }
checks:
  - row_count: { min: 1 }
schedule: '0 3 * * *'
deliver: { to: shelf, path: visits.parquet }
*/
select customer_id, sum(visits)::bigint as visits from staging.doors group by all
`,
  'assets/marts/doubled.ts': `/* @asset
description: Twice the visits
key: [customer_id]
inputs: [marts.visits]
columns:
  customer_id: { type: varchar }
  twice: { type: bigint }
*/
export default async function* (ctx) {
  ctx.log.info('doubling')
  for await (const row of ctx.input('marts.visits')) yield { customer_id: row.customer_id, twice: row.visits * 2 }
}
`,
}

/** A file of one customer's doors. */
export function doors(visits: readonly number[], from = 1): string {
  const rows = visits.map((count, at) => `${from + at},acme,${count}`)
  return `door_id,customer_id,visits\n${rows.join('\n')}\n`
}
