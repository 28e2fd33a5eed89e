/* @asset
description: Levels of dispensers, one device's after another's in time, as the filter of marts.fill_level reads them
owner: data
tags: [staging]
materialize: incremental
time: { column: read_at, grain: hour }
key: [reading_id]
columns:
  reading_id: { checks: [unique] }
  device_id: { checks: [not_null] }
  washroom_id: { checks: [not_null] }
  customer_id: { checks: [not_null] }
  read_at: { description: "When it was measured, clock corrected", checks: [not_null] }
  level: { description: Percent, checks: [not_null] }
  sent_level: { description: As it was sent; a frozen sensor repeats it to the last digit, checks: [not_null] }
budget: { duration: 20s }
*/
select reading_id, device_id, customer_id, washroom_id, kind, read_at, level, sent_level
from staging.readings
where kind in ('soap', 'paper') and level is not null
  and read_at >= $start and read_at < $end
