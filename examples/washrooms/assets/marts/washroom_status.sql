/* @asset
description: One row per washroom for the app's first screen. How busy today, what has to be refilled when, and whether its sensors are well
owner: web
tags: [marts, app]
materialize: table
key: [washroom_id]
columns:
  customer_id: { checks: [not_null] }
  washroom_id: { checks: [not_null, unique] }
  as_of: { description: End of the last hour there is traffic for, checks: [not_null] }
  visits_today: { description: "Visits of the local day so far" }
  visits_usual: { description: "Visits by this time of day, mean of the same weekday in the last four weeks" }
  lowest_level: { description: Percent in the dispenser with the least }
  next_empty_at: { description: When the first dispenser will be empty }
  dispensers_to_refill: { description: Those that will be empty within refill_within_hours }
  devices_unwell: { description: Devices whose last day was not ok }
  status:
    description: What to do first
    checks: [{ accepted_values: { values: [ok, refill, empty, check_sensors] } }]
checks:
  - row_count: { min: 1 }
budget: { duration: 5s }
deliver: { to: app, table: insights.washroom_status }
*/
with clock as (
  select max(hour) + interval 1 hour as as_of, date_trunc('day', max(hour)) as today, max(hour) as last_hour
  from marts.traffic_hourly
),
visits as (
  select t.washroom_id,
    coalesce(sum(t.visits) filter (t.hour >= c.today), 0)::bigint as visits_today,
    coalesce(round(sum(t.visits) filter (
      t.hour < c.today and isodow(t.hour) = isodow(c.today) and hour(t.hour) <= hour(c.last_hour)
    ) / 4.0), 0)::bigint as visits_usual
  from marts.traffic_hourly t cross join clock c
  where t.hour >= c.today - interval 28 days
  group by all
),
supplies as (
  select washroom_id,
    min(level) as lowest_level,
    min(empty_at) as next_empty_at,
    count(*) filter (hours_until_empty <= $refill_within_hours) as dispensers_to_refill
  from marts.hours_until_empty
  group by all
),
sensors as (
  select washroom_id, count(*) filter (status <> 'ok') as devices_unwell
  from marts.device_health
  where day = (select max(day) from marts.device_health)
  group by all
)
select
  s.customer_id,
  w.washroom_id,
  s.site_id,
  s.name as site,
  w.name as washroom,
  c.as_of,
  coalesce(v.visits_today, 0) as visits_today,
  coalesce(v.visits_usual, 0) as visits_usual,
  p.lowest_level,
  p.next_empty_at,
  coalesce(p.dispensers_to_refill, 0) as dispensers_to_refill,
  coalesce(n.devices_unwell, 0) as devices_unwell,
  case
    when p.lowest_level < 2 then 'empty'
    when p.dispensers_to_refill > 0 then 'refill'
    when n.devices_unwell > 0 then 'check_sensors'
    else 'ok'
  end as status
from raw.washrooms w
join raw.sites s using (site_id)
cross join clock c
left join visits v on v.washroom_id = w.washroom_id
left join supplies p on p.washroom_id = w.washroom_id
left join sensors n on n.washroom_id = w.washroom_id
