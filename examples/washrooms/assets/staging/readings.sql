/* @asset
description: >
  Readings made comparable. Sent twice: the first arrival counts. Clocks that run ahead are put right: nothing can
  arrive before it was measured, so the smallest delay of a device within six hours, where it is below zero, says
  how far its clock is ahead. (A clock that is behind looks just like a late delivery; marts.device_health reports
  it.) Levels are percent whatever the firmware sends. Values that cannot be are set aside with their reason.
owner: data
tags: [staging]
materialize: incremental
# A reading corrects the clock of those up to six hours before it, and a clock is at most two hours ahead.
time: { column: read_at, grain: hour, lookback: 8 hours }
key: [reading_id]
columns:
  reading_id: { description: Number of the raw reading, checks: [unique] }
  device_id:
    checks:
      - not_null
      - relationships: { name: unknown_device, to: raw.devices, field: device_id, severity: warning, on_fail: quarantine }
  customer_id: { description: Owner of the site the device hangs in }
  washroom_id: { description: Where it hangs }
  kind: { description: "door_counter, soap or paper" }
  read_at: { description: "When it was measured, clock corrected", checks: [not_null] }
  device_read_at: { description: What the device's clock said }
  received_at: { description: When the message arrived }
  clock_ahead_seconds: { description: By how much the device's clock was taken to be ahead }
  people_in:
    checks:
      - accepted_range: { name: impossible_people_in, min: 0, max: 500, severity: warning, on_fail: quarantine }
  people_out:
    checks:
      - accepted_range: { name: impossible_people_out, min: 0, max: 500, severity: warning, on_fail: quarantine }
  level:
    description: "Percent of a full dispenser; a little beyond 0 and 100 is a sensor's tolerance"
    checks:
      - accepted_range: { name: impossible_level, min: -10, max: 130, severity: warning, on_fail: quarantine }
  sent_level: { description: "The level as it was sent, in the firmware's own unit" }
checks:
  - failed_rows:
      name: from_the_future
      sql: select * from this where read_at > received_at + interval 5 minutes
      severity: warning
      on_fail: quarantine
budget: { duration: 30s }
*/
with arrived as (
  -- Corrected times of [start, end) come from device times up to two hours later; their clocks are judged by
  -- the six hours that follow.
  select id, device_id, read_at, received_at, people_in, people_out, level, battery_mv, firmware
  from raw.readings
  where read_at >= $start and read_at < $end + interval 9 hours
  qualify row_number() over (partition by device_id, read_at order by id) = 1
),
known as (
  select
    a.*, d.kind, d.capacity, d.washroom_id, s.customer_id,
    epoch(a.received_at) - epoch(a.read_at) as delay,
    epoch_ms(a.read_at) // 3600000 as device_hour
  from arrived a
  left join raw.devices d on d.device_id = a.device_id
  left join raw.washrooms w on w.washroom_id = d.washroom_id
  left join raw.sites s on s.site_id = w.site_id
),
clocks as (
  select device_id, device_hour,
    min(min(delay)) over (
      partition by device_id order by device_hour
      range between current row and 6 following) as least_delay
  from known
  group by device_id, device_hour
),
corrected as (
  select k.*,
    -- Less than a minute is the network's doing; more than two hours is no clock that ran ahead.
    case when c.least_delay between -7200 and -60 then -c.least_delay else 0 end as clock_ahead_seconds
  from known k
  join clocks c on c.device_id is not distinct from k.device_id and c.device_hour = k.device_hour
)
select
  id as reading_id,
  device_id,
  customer_id,
  washroom_id,
  kind,
  read_at - to_milliseconds((clock_ahead_seconds * 1000)::bigint) as read_at,
  read_at as device_read_at,
  received_at,
  clock_ahead_seconds,
  people_in,
  people_out,
  case when firmware like '3.%' and capacity > 0 then 100 * level / capacity else level end as level,
  level as sent_level,
  battery_mv,
  firmware
from corrected
where read_at - to_milliseconds((clock_ahead_seconds * 1000)::bigint) >= $start
  and read_at - to_milliseconds((clock_ahead_seconds * 1000)::bigint) < $end
