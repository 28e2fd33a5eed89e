/* @asset
description: Every time a dispenser was refilled, as the filter of marts.fill_level found it
owner: data
tags: [marts, app]
materialize: table
time: { column: refilled_at }
key: [device_id, refilled_at]
columns:
  customer_id: { checks: [not_null] }
  device_id: { checks: [not_null] }
  refilled_at: { description: First reading after the refill, checks: [not_null] }
  level_before: { description: Percent that was left }
  level_after: { description: "Percent by the sensor after the refill, drift included" }
  added: { description: Percent that was filled in, checks: [{ accepted_range: { min: 0 } }] }
budget: { duration: 20s }
deliver:
  - { to: app, table: insights.refills }
  - { to: lake, path: refills.parquet }
*/
select
  customer_id,
  washroom_id,
  device_id,
  kind,
  read_at as refilled_at,
  level - added as level_before,
  measured as level_after,
  added
from marts.fill_level
where refill
