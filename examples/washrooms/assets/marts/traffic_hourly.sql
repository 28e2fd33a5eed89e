/* @asset
description: >
  Visits per washroom and hour. Windows that are missing or frozen are filled up in proportion to those that were
  counted, and coverage tells how much of the hour that was.
owner: data
tags: [marts, app]
materialize: incremental
time: { column: hour, grain: hour }
key: [washroom_id, hour]
columns:
  customer_id: { description: Owner of the washroom, checks: [not_null] }
  washroom_id: { description: Washroom, checks: [not_null] }
  hour: { description: Beginning of the hour, checks: [not_null] }
  visits:
    description: People who came in
    checks:
      - not_null
      - accepted_range: { min: 0, max: 5000, severity: critical, on_fail: block }
  people_out: { description: People who left }
  coverage: { description: Share of the hour's twelve windows that were counted, checks: [{ accepted_range: { min: 0, max: 1 } }] }
checks:
  - row_count: { min: 1 }
  - failed_rows:
      name: more_out_than_in
      sql: select * from this where people_out > visits * 2 + 20
      severity: warning
      on_fail: continue
budget: { duration: 30s }
deliver:
  - { to: app, table: insights.traffic_hourly }
  - { to: lake, path: traffic_hourly.parquet }
*/
select
  customer_id,
  washroom_id,
  date_trunc('hour', counted_at) as hour,
  round(sum(people_in) * greatest(1, 12.0 / count(people_in)))::integer as visits,
  round(sum(people_out) * greatest(1, 12.0 / count(people_in)))::integer as people_out,
  round(least(1, count(people_in) / 12.0), 3)::double as coverage
from staging.door_counts
where counted_at >= $start and counted_at < $end
group by all
having count(people_in) > 0
