/* @asset
description: >
  Five minutes at a door. A counter that repeats the same count, not zero, through the whole hour that follows is
  frozen: its counts are left out, so that they don't pass for visits.
owner: data
tags: [staging]
materialize: incremental
# A window is judged by the hour after it.
time: { column: read_at, grain: hour, lookback: 1 hour }
key: [reading_id]
columns:
  reading_id: { checks: [unique] }
  washroom_id: { checks: [not_null] }
  customer_id: { checks: [not_null] }
  read_at: { description: Beginning of the five minutes, checks: [not_null] }
  people_in: { description: Empty where the counter was frozen }
  frozen: { description: The counter only repeats itself, checks: [not_null] }
budget: { duration: 20s }
*/
with windows as (
  select reading_id, device_id, customer_id, washroom_id, read_at, people_in, people_out,
    count(*) over hour_after >= 10
      and people_in + people_out > 0
      and min(counts) over hour_after = max(counts) over hour_after as frozen
  from (select *, people_in * 1000 + people_out as counts from staging.readings)
  where kind = 'door_counter' and read_at >= $start and read_at < $end + interval 1 hour
  window hour_after as (
    partition by device_id order by read_at
    range between current row and interval 59 minutes following)
)
select
  reading_id, device_id, customer_id, washroom_id, read_at,
  case when not frozen then people_in end as people_in,
  case when not frozen then people_out end as people_out,
  frozen
from windows
where read_at >= $start and read_at < $end
