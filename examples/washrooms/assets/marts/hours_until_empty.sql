/* @asset
description: >
  When each dispenser will be empty if nobody refills it: its latest level, what a visit takes from it, and the
  visits to expect, hour by hour of the week, from the last four weeks. Latest state of every dispenser.
owner: data
tags: [marts, app]
materialize: table
key: [device_id]
columns:
  customer_id: { checks: [not_null] }
  device_id: { checks: [not_null, unique] }
  as_of: { description: End of the last hour there is traffic for }
  level: { description: Percent left at as_of, checks: [{ accepted_range: { min: 0, max: 100 } }] }
  level_sd: { description: "How sure that is, percent" }
  per_visit: { description: Percent that one visit takes }
  hours_until_empty: { description: "Hours from as_of; none if it lasts beyond two weeks", checks: [{ accepted_range: { min: 0, max: 336 } }] }
  empty_at: { description: The same as a time }
checks:
  - row_count: { min: 1 }
budget: { duration: 20s }
deliver:
  - { to: app, table: insights.dispensers }
  - { to: lake, path: hours_until_empty.parquet }
*/
with clock as (select max(hour) + interval 1 hour as as_of from marts.traffic_hourly),
latest as (
  select device_id, customer_id, washroom_id, kind,
    max(read_at) as read_at,
    max_by(level, read_at) as level,
    max_by(level_sd, read_at) as level_sd,
    max_by(per_visit, read_at) as per_visit
  from marts.fill_level
  group by all
),
-- What was taken since the last reading, for devices that have fallen silent.
since as (
  select l.device_id, coalesce(sum(t.visits), 0) as visits
  from latest l
  left join marts.traffic_hourly t on t.washroom_id = l.washroom_id and t.hour > l.read_at
  group by all
),
present as (
  select l.*, c.as_of, greatest(0, l.level - l.per_visit * s.visits) as level_now
  from latest l join since s using (device_id) cross join clock c
),
profile as (
  -- Hours without traffic have no visits to show in some weeks, so the divisor is the weeks that were seen.
  select washroom_id, isodow(hour) as weekday, hour(hour) as hour_of_day,
    sum(visits)::double / count(*) as visits
  from marts.traffic_hourly, clock
  where hour >= as_of - interval 28 days and hour < as_of and coverage >= 0.5
  group by all
),
steps as (
  select step, isodow(as_of + to_hours(step)) as weekday, hour(as_of + to_hours(step)) as hour_of_day
  from clock cross join (select unnest(range(336)) as step)
),
ahead as (
  select p.washroom_id, s.step, p.visits, sum(p.visits) over (partition by p.washroom_id order by s.step) as visits_by_end
  from profile p
  join steps s on s.weekday = p.weekday and s.hour_of_day = p.hour_of_day
),
runs_out as (
  select p.device_id,
    -- The hour in which it runs out, and how far into that hour.
    min_by(a.step + case
      when a.visits > 0 then 1 - (a.visits_by_end * p.per_visit - p.level_now) / (a.visits * p.per_visit)
      else 0 end, a.step) as hours
  from present p
  join ahead a on a.washroom_id = p.washroom_id and a.visits_by_end * p.per_visit >= p.level_now
  group by p.device_id
)
select
  p.customer_id,
  p.washroom_id,
  p.device_id,
  p.kind,
  p.as_of,
  p.read_at,
  round(p.level_now, 2) as level,
  round(p.level_sd, 2) as level_sd,
  p.per_visit,
  round(greatest(0, r.hours), 1) as hours_until_empty,
  p.as_of + to_seconds(round(greatest(0, r.hours) * 3600)::bigint) as empty_at
from present p
left join runs_out r using (device_id)
