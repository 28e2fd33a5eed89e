/** One line of the score: what is compared, how, and the figures of Millrace and of the naive way. */
export type Comparison = Readonly<{
  what: string
  measure: string
  unit: '' | '%' | 'pp' | 'h' | 'visits'
  /** Statement that yields one row: ours, naive (NULL where there is no naive way). */
  sql: string
}>

/** Truth is matched with estimates this much before it: corrected clocks are right to a minute or two. */
const CLOCK_SLACK = "interval '90 seconds'"

const naiveTraffic = `
  select d.washroom_id, date_trunc('hour', r.read_at) as hour, sum(r.people_in) as visits
  from raw_readings r join raw_devices d using (device_id) 
  where d.kind = 'door_counter' and r.people_in between 0 and 500 group by all`

const traffic = (table: string) => `
  select t.visits as truth, e.visits as estimate
  from truth_visits t join (${table}) e on e.washroom_id = t.washroom_id and e.hour = t.hour`

const levels = (table: string) => `
  select t.level as truth, e.level as estimate
  from truth_levels t
  asof join (${table}) e on e.device_id = t.device_id and e.read_at <= t.happened_at + ${CLOCK_SLACK}`

const ours = {
  traffic: 'select washroom_id, hour, visits from traffic_hourly',
  level: 'select device_id, read_at, level from fill_level',
}
const naiveLevel = `
  select device_id, read_at, level from raw_readings where level between 0 and 100`
const cleanedLevel = 'select device_id, read_at, measured as level from fill_level'

const meanError = (pairs: string) => `(select avg(abs(estimate - truth)) from (${pairs}))`
const relativeError = (pairs: string) =>
  `(select 100 * sum(abs(estimate - truth)) / sum(truth) from (${pairs}))`
const medianError = (pairs: string) => `(select median(abs(estimate - truth)) from (${pairs}))`

/** A refill counts as found if it was seen within three hours; each is matched once. */
const foundRefills = (table: string) => `
  select t.device_id, t.happened_at, min(e.refilled_at) as refilled_at
  from truth_refills t
  join (${table}) e on e.device_id = t.device_id
    and e.refilled_at between t.happened_at - ${CLOCK_SLACK} and t.happened_at + interval 3 hours
  group by all`
const naiveRefills = `
  select device_id, read_at as refilled_at from (${naiveLevel})
  qualify level > 10 + lag(level) over (partition by device_id order by read_at)`
const oursRefills = 'select device_id, refilled_at from refills'
const recall = (table: string) =>
  `(select 100.0 * count(*) from (${foundRefills(table)})) / (select count(*) from truth_refills)`
const precision = (table: string) =>
  `(select 100.0 * count(distinct (device_id, refilled_at)) from (${foundRefills(table)})) / (select count(*) from (${table}))`

const lasting = (table: string) => `
  select t.hours as truth, least(336, e.hours) as estimate
  from truth_hours_until_empty t join (${table}) e using (device_id)
  where isfinite(t.hours) and e.hours is not null`
const naiveLasting = `
  select device_id, max_by(level, read_at) / nullif(sum(greatest(0, fall)) / 168, 0) as hours
  from (
    select device_id, read_at, level, lag(level) over (partition by device_id order by read_at) - level as fall
    from (${naiveLevel})
  )
  where read_at >= (select max(read_at) from raw_readings) - interval 7 days
  group by all`
/** By the clock time at which it runs out, since newer readings may have come in after the truth was written. */
const oursLasting = `
  select device_id, coalesce((epoch(empty_at) - epoch(t.happened_at)) / 3600, 336) as hours
  from hours_until_empty join truth_hours_until_empty t using (device_id)`

const days = `(
  select device_id, day, day + interval 1 day as next_day, kind, silent_hours, stuck_hours, drift_percent, clock_minutes
  from device_health
  where day + interval 1 day <= (select max(hour) + interval 1 hour from truth_visits)
    and day >= (select min(hour) from truth_visits))`
const hoursOf = (fault: string) => `coalesce((
  select sum(epoch(least(coalesce(f.to_at, d.next_day), d.next_day)) - epoch(greatest(f.from_at, d.day))) / 3600
  from truth_faults f
  where f.device_id = d.device_id and f.fault = '${fault}' and f.from_at < d.next_day and coalesce(f.to_at, d.next_day) > d.day), 0)`
const driftOf = `coalesce((
  select max(abs(f.magnitude) * (epoch(least(f.to_at, d.next_day)) - epoch(f.from_at)) / 86400)
  from truth_faults f
  where f.device_id = d.device_id and f.fault = 'drift' and f.from_at < d.next_day and f.to_at > d.day), 0)`

type Fault = Readonly<{ name: string; truth: string; flagged: string }>
const FAULTS: readonly Fault[] = [
  { name: 'silent', truth: `${hoursOf('silent')} > 2.5`, flagged: 'silent_hours > 2' },
  { name: 'stuck', truth: `${hoursOf('stuck')} > 3`, flagged: 'stuck_hours >= 2' },
  {
    name: 'drifting',
    truth: `${driftOf} > 5`,
    flagged: "coalesce(abs(drift_percent) > case when kind = 'door_counter' then 4 else 5 end, false)",
  },
  { name: 'clock ahead', truth: `${hoursOf('clock_ahead')} > 1`, flagged: 'clock_minutes > 0' },
  { name: 'clock behind', truth: `${hoursOf('clock_behind')} > 1`, flagged: 'clock_minutes < 0' },
]

function health({ name, truth, flagged }: Fault): Comparison[] {
  const judged = `(select (${truth}) as truth, (${flagged}) as flagged from ${days} d)`
  const share = (of: string) =>
    `select (select 100.0 * count(*) filter (truth and flagged) / nullif(count(*) filter (${of}), 0) from ${judged}) as ours, null as naive`
  return [
    { what: `Device-days ${name}`, measure: 'precision', unit: '%', sql: share('flagged') },
    { what: `Device-days ${name}`, measure: 'recall', unit: '%', sql: share('truth') },
  ]
}

export const COMPARISONS: readonly Comparison[] = [
  {
    what: 'Visits per hour',
    measure: 'mean absolute error',
    unit: 'visits',
    sql: `select ${meanError(traffic(ours.traffic))} as ours, ${meanError(traffic(naiveTraffic))} as naive`,
  },
  {
    what: 'Visits per hour',
    measure: 'error relative to all visits',
    unit: '%',
    sql: `select ${relativeError(traffic(ours.traffic))} as ours, ${relativeError(traffic(naiveTraffic))} as naive`,
  },
  {
    what: 'Fill level',
    measure: 'mean absolute error',
    unit: 'pp',
    sql: `select ${meanError(levels(ours.level))} as ours, ${meanError(levels(naiveLevel))} as naive`,
  },
  {
    what: 'Fill level, cleaned but not filtered',
    measure: 'mean absolute error',
    unit: 'pp',
    sql: `select ${meanError(levels(cleanedLevel))} as ours, null as naive`,
  },
  {
    what: 'Refills',
    measure: 'precision',
    unit: '%',
    sql: `select ${precision(oursRefills)} as ours, ${precision(naiveRefills)} as naive`,
  },
  {
    what: 'Refills',
    measure: 'recall',
    unit: '%',
    sql: `select ${recall(oursRefills)} as ours, ${recall(naiveRefills)} as naive`,
  },
  {
    what: 'Hours until empty',
    measure: 'mean absolute error',
    unit: 'h',
    sql: `select ${meanError(lasting(oursLasting))} as ours, ${meanError(lasting(naiveLasting))} as naive`,
  },
  {
    what: 'Hours until empty',
    measure: 'median absolute error',
    unit: 'h',
    sql: `select ${medianError(lasting(oursLasting))} as ours, ${medianError(lasting(naiveLasting))} as naive`,
  },
  ...FAULTS.flatMap(health),
]
