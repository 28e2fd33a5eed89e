/* @asset
description: >
  How every device did on every day. Silent: nothing heard for longer than silent_after_hours. Stuck: the same value
  time after time, or nobody counted in hours that are busy here and were busy next door. Drifting: what a level
  sensor says after refills has moved away from full, or a door counts other numbers in than out. Clock: ahead, by
  the correction staging made; behind, where even the quickest message of three days seems to have come late.
owner: hardware
tags: [marts, app]
materialize: table
time: { column: day }
key: [device_id, day]
columns:
  customer_id: { checks: [not_null] }
  device_id: { checks: [not_null] }
  day: { description: "Beginning of the local day, as a time", checks: [not_null] }
  readings: { description: Readings of that day that could be used }
  silent_hours: { description: Hours without a word, checks: [{ accepted_range: { min: 0, max: 25.01 } }] }
  stuck_hours: { description: Hours in which it only repeated itself }
  drift_percent: { description: How far off it is by now; empty if that cannot be said }
  clock_minutes: { description: "Minutes its clock is ahead; negative: behind" }
  battery_mv: { description: Last battery voltage of the day }
  status:
    description: The worst of it
    checks: [{ accepted_values: { values: [ok, silent, stuck, drifting, clock] } }]
checks:
  - row_count: { min: 1 }
  - failed_rows:
      name: many_devices_silent
      sql: >
        select * from this
        where day = (select max(day) from this) and status = 'silent'
          and (select avg((status = 'silent')::integer) from this where day = (select max(day) from this)) > 0.2
      severity: error
      on_fail: continue
schedule: '0-59/2 * * * *'
budget: { duration: 30s }
deliver:
  - { to: app, table: insights.device_health }
  - { to: lake, path: device_health.parquet }
*/
with heard as (
  select device_id, customer_id, washroom_id, kind, read_at, battery_mv, clock_ahead_seconds,
    epoch(received_at) - epoch(device_read_at) as delay,
    received_at
  from staging.readings
),
clock as (select min(read_at) as oldest, max(received_at) as newest from heard),
-- Hours first, as numbers: finding the local day of each of two million readings would take longer than all else.
hourly as (
  select device_id, epoch_ms(read_at) // 3600000 as hour_number,
    count(*) as readings,
    max(clock_ahead_seconds) as ahead_seconds,
    min(delay) as least_delay,
    max_by(battery_mv, read_at) as battery_mv
  from heard
  group by all
),
local_days as (
  select hour_number, date_trunc('day', make_timestamptz(hour_number * 3600000000)) as day
  from (select distinct hour_number from hourly)
),
daily as (
  select device_id, day,
    sum(readings) as readings,
    max(ahead_seconds) as ahead_seconds,
    min(least_delay) as least_delay,
    max_by(battery_mv, hour_number) as battery_mv
  from hourly join local_days using (hour_number)
  group by all
),
devices as (
  select device_id, any_value(customer_id) as customer_id, any_value(washroom_id) as washroom_id, any_value(kind) as kind
  from heard group by device_id
),
days as (
  select d.*, day, least(day + interval 1 day, newest) as day_end
  from devices d
  cross join clock
  cross join unnest(generate_series(date_trunc('day', oldest), newest, interval 1 day)) as calendar(day)
),
gaps as (
  select device_id, read_at as from_at,
    coalesce(lead(read_at) over (partition by device_id order by read_at), newest) as to_at
  from heard cross join clock
  qualify to_at > from_at + to_hours($silent_after_hours)
),
silences as (
  select d.device_id, d.day,
    sum(epoch(least(g.to_at, d.day_end)) - epoch(greatest(g.from_at, d.day))) / 3600 as silent_hours
  from days d
  join gaps g on g.device_id = d.device_id and g.from_at < d.day_end and g.to_at > d.day
  group by all
),
level_steps as (
  select device_id, read_at, level,
    coalesce((sent_level is distinct from lag(sent_level) over in_time)::integer, 1) as changed
  from staging.levels
  window in_time as (partition by device_id order by read_at, reading_id)
),
level_runs as (
  select device_id, read_at, level, sum(changed) over (partition by device_id order by read_at) as run
  from level_steps
),
-- Half a day of the same value; an empty dispenser may say so for longer.
stuck_levels as (
  select device_id, min(read_at) as from_at, max(read_at) as to_at
  from level_runs
  group by device_id, run
  having count(*) >= 24 and min(level) > 1
),
usual as (
  select washroom_id, isodow(hour) as weekday, hour(hour) as hour_of_day, median(visits) as visits
  from marts.traffic_hourly group by all
),
-- Nobody in an hour that is busy here as a rule, while the rest of the site was busy.
dead_hours as (
  select t.washroom_id, date_trunc('day', t.hour) as day, count(*) as hours
  from marts.traffic_hourly t
  join usual u on u.washroom_id = t.washroom_id and u.weekday = isodow(t.hour) and u.hour_of_day = hour(t.hour)
  join raw.washrooms w on w.washroom_id = t.washroom_id
  join (
    select site_id, hour, sum(visits) as visits
    from marts.traffic_hourly join raw.washrooms using (washroom_id) group by all
  ) s on s.site_id = w.site_id and s.hour = t.hour
  where t.visits = 0 and u.visits >= 6 and s.visits >= 10
  group by all
  having count(*) >= 2
),
stuck as (
  select d.device_id, d.day,
    sum(epoch(least(s.to_at, d.day_end)) - epoch(greatest(s.from_at, d.day))) / 3600 as stuck_hours
  from days d join stuck_levels s on s.device_id = d.device_id and s.from_at < d.day_end and s.to_at > d.day
  group by all
  union all
  select device_id, date_trunc('day', counted_at) as day, count(*) / 12.0
  from staging.door_counts where frozen group by all
  union all
  select d.device_id, h.day, h.hours
  from dead_hours h join devices d on d.washroom_id = h.washroom_id and d.kind = 'door_counter'
),
stuck_daily as (select device_id, day, sum(stuck_hours) as stuck_hours from stuck group by all),
sensor_errors as (
  select device_id, day, max_by(sensor_error, hour_number) as drift_percent
  from (
    select device_id, epoch_ms(read_at) // 3600000 as hour_number, max_by(sensor_error, read_at) as sensor_error
    from marts.fill_level group by all
  )
  join local_days using (hour_number)
  group by all
),
door_balance as (
  select washroom_id, day, 100 * (
    sum(visits) over week / nullif(sum(people_out) over week, 0) - 1) as drift_percent
  from (
    select washroom_id, date_trunc('day', hour) as day, sum(visits) as visits, sum(people_out) as people_out
    from marts.traffic_hourly group by all
  )
  window week as (partition by washroom_id order by day range between interval 6 days preceding and current row)
  qualify sum(people_out) over week >= 300
),
measured as (
  select d.customer_id, d.washroom_id, d.device_id, d.kind, d.day,
    coalesce(a.readings, 0)::bigint as readings,
    coalesce(q.silent_hours, 0) as silent_hours,
    coalesce(s.stuck_hours, 0) as stuck_hours,
    coalesce(b.drift_percent, r.drift_percent) as drift_percent,
    coalesce(a.ahead_seconds, 0) / 60 as ahead_minutes,
    -- The slowest turn to send and the network make up to 100 seconds.
    min(a.least_delay) over (
      partition by d.device_id order by d.day range between interval 2 days preceding and current row) as least_delay,
    a.battery_mv
  from days d
  left join daily a on a.device_id = d.device_id and a.day = d.day
  left join silences q on q.device_id = d.device_id and q.day = d.day
  left join stuck_daily s on s.device_id = d.device_id and s.day = d.day
  left join door_balance b on d.kind = 'door_counter' and b.washroom_id = d.washroom_id and b.day = d.day
  left join sensor_errors r on r.device_id = d.device_id and r.day = d.day
)
select
  customer_id,
  washroom_id,
  device_id,
  kind,
  day,
  readings,
  round(silent_hours, 2)::double as silent_hours,
  round(stuck_hours, 2)::double as stuck_hours,
  round(drift_percent, 2)::double as drift_percent,
  round(case when ahead_minutes > 0 then ahead_minutes when least_delay > 110 then -least_delay / 60 else 0 end, 1)::double as clock_minutes,
  battery_mv,
  case
    when silent_hours > $silent_after_hours then 'silent'
    when stuck_hours >= 2 then 'stuck'
    when abs(drift_percent) > case when kind = 'door_counter' then 4 else 5 end then 'drifting'
    when clock_minutes <> 0 then 'clock'
    else 'ok'
  end as status
from measured
