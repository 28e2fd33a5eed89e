/* @asset
description: >
  Five minutes at a door. A counter that repeats the same count, not zero, through the whole hour that follows is
  frozen: its counts are left out, so that they don't pass for visits.
owner: data
tags: [staging]
materialize: incremental
# A window is judged by the hour after it, and its middle lies before its reading.
time: { column: counted_at, grain: hour, lookback: 2 hours }
key: [reading_id]
columns:
  reading_id: { checks: [unique] }
  washroom_id: { checks: [not_null] }
  customer_id: { checks: [not_null] }
  counted_at: { description: "Middle of the five minutes, so that clocks some seconds off don't move counts to another hour", checks: [not_null] }
  people_in: { description: Empty where the counter was frozen }
  frozen: { description: The counter only repeats itself, checks: [not_null] }
budget: { duration: 20s }
*/
with windows as (
  select reading_id, device_id, customer_id, washroom_id, counted_at, people_in, people_out,
    count(*) over hour_after >= 10
      and people_in + people_out > 0
      and min(counts) over hour_after = max(counts) over hour_after as frozen
  from (
    select *, read_at - interval 150 seconds as counted_at, people_in * 1000 + people_out as counts
    from staging.readings
    where kind = 'door_counter' and read_at >= $start and read_at < $end + interval 2 hours
  )
  window hour_after as (
    partition by device_id order by counted_at
    range between current row and interval 59 minutes following)
)
select
  reading_id, device_id, customer_id, washroom_id, counted_at,
  case when not frozen then people_in end as people_in,
  case when not frozen then people_out end as people_out,
  frozen
from windows
where counted_at >= $start and counted_at < $end
