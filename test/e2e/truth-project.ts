import type { TruthAssets } from './truth-world.js'

/** Every materialization over every kind of source, chained, joined, viewed, checked and delivered. */
export const SET_UP = `
create table events (id bigserial primary key, device int, seen timestamptz, v int);
create table items ("select" text primary key, "Größe ""x""" numeric(10,2), seen timestamp, rev bigserial unique);
create table devices (device int primary key, customer text, active boolean);
create table days (day date, site text, n int, primary key (day, site));
insert into devices select d, 'customer ' || d % 2, true from generate_series(0, 4) d;
`

const incremental = (column: string, grain: string, key: string[], more: Record<string, unknown> = {}) => ({
  materialize: 'incremental',
  time: { column, grain },
  key,
  allow_incomplete: true,
  ...more,
})

const to = (table: string) => ({ to: 'app', table: `insights.${table}` })

/** What tests change of the assets between runs. */
export type Versions = Readonly<{
  hourly: number
  daily: number
  broken: boolean
  total: string
  table: string
}>

export const projectAssets = (versions: Versions): TruthAssets => ({
  'raw.events': {
    header: {
      source: { from: 'upstream', table: 'events', load: 'incremental', cursor: 'id' },
      key: ['id'],
      time: { column: 'seen' },
    },
  },
  'raw.items': {
    header: {
      source: { from: 'upstream', table: 'items', load: 'keyed', cursor: 'rev', deletes: true },
      key: ['select'],
      time: { column: 'seen', grain: 'day' },
      columns: { 'Größe "x"': { checks: [{ accepted_range: { max: 1000 } }] } },
      deliver: to('items'),
    },
  },
  'raw.devices': {
    header: { source: { from: 'upstream', table: 'devices' }, key: ['device'] },
  },
  'raw.days': {
    header: {
      source: { from: 'upstream', table: 'days' },
      key: ['day', 'site'],
      time: { column: 'day', grain: 'day' },
    },
  },
  'raw.files': {
    header: {
      source: { from: 'drop', path: '*.csv', format: 'csv', header: true },
      time: { column: 'seen' },
      columns: { name: { type: 'varchar' }, seen: { type: 'timestamptz' }, v: { type: 'integer' } },
    },
  },
  'staging.clean': {
    header: incremental('seen', 'hour', ['device', 'seen'], {
      columns: { v: { checks: [{ accepted_range: { max: 900, on_fail: 'quarantine' } }] } },
    }),
    body: 'select device, seen, max(v) as v from raw.events where seen >= $start and seen < $end group by all',
  },
  'marts.hourly': {
    header: incremental('hour', 'hour', ['device', 'hour'], {
      deliver: to('hourly'),
      columns: {
        device: {
          checks: [{ relationships: { to: 'raw.devices.device', severity: 'warning', on_fail: 'continue' } }],
        },
      },
    }),
    body: `select customer, device, date_trunc('hour', seen) as hour, (sum(v) * ${versions.hourly})::bigint as visits
from staging.clean left join raw.devices using (device) where seen >= $start and seen < $end group by all`,
  },
  'marts.complete': {
    header: incremental('hour', 'hour', ['hour'], { allow_incomplete: false, deliver: to('complete') }),
    body: `select date_trunc('hour', seen) as hour, count(*) as n from staging.clean
where seen >= $start and seen < $end group by all`,
  },
  'marts.daily': {
    header: incremental('day', 'day', ['day'], { deliver: to(versions.table) }),
    body: `select date_trunc('day', hour)::date as day, sum(visits)::bigint + ${versions.daily} as visits
from marts.hourly where hour >= $start and hour < $end group by all`,
  },
  'marts.daily_complete': {
    header: incremental('day', 'day', ['day'], { allow_incomplete: false }),
    body: `select date_trunc('day', hour) as day, sum(n)::bigint as n from marts.complete
where hour >= $start and hour < $end group by all`,
  },
  'marts.monthly': {
    header: incremental('month', 'month', ['month']),
    body: `select date_trunc('month', day)::date as month, sum(visits)::bigint as visits from marts.daily
where day >= $start and day < $end group by all`,
  },
  'marts.rolling': {
    header: incremental('hour', 'hour', ['hour'], {
      time: { column: 'hour', grain: 'hour', lookback: '5 hours' },
    }),
    body: `select h.hour, sum(p.visits)::bigint as visits from (select distinct hour from marts.hourly) h
join marts.hourly p on p.hour between h.hour - interval 5 hours and h.hour
where h.hour >= $start and h.hour < $end group by all`,
  },
  'marts.total': {
    header: { materialize: versions.total },
    body: `select customer, sum(visits)::bigint as visits${versions.broken ? ", error('broken')::int as e" : ''}
from marts.hourly group by all`,
  },
  'marts.after_total': { header: {}, body: 'select max(visits) as most from marts.total' },
  'marts.shown': {
    header: {
      materialize: 'view',
      time: { column: 'hour' },
      columns: { visits: { checks: [{ accepted_range: { min: -1000000 } }] } },
    },
    body: 'select hour, device, visits from marts.hourly where visits >= 0',
  },
  'marts.over_view': {
    header: incremental('hour', 'hour', ['hour']),
    body: 'select hour, count(*) as n from marts.shown where hour >= $start and hour < $end group by all',
  },
  'marts.sessions': {
    header: {
      materialize: 'keyed',
      key: ['hour'],
      time: { column: 'hour', grain: 'hour' },
      deletes: 'missing',
      allow_incomplete: true,
      deliver: to('sessions'),
    },
    body: `select date_trunc('hour', seen) as hour, count(*) as n, min("select") as "first ""one"""
from raw.items where seen >= $start and seen < $end group by all`,
  },
  'marts.prices': {
    header: { materialize: 'keyed', key: ['select'], deletes: 'missing', deliver: to('prices') },
    body: 'select "select", "Größe ""x""" * 2 as "order", seen from raw.items where "Größe ""x""" > 10',
  },
  'marts.active': {
    header: { materialize: 'keyed', key: ['device'], deletes: { when: 'gone' }, deliver: to('active') },
    body: 'select device, customer, not active as gone from raw.devices',
  },
  'marts.log': {
    header: { materialize: 'append', key: ['id'], deliver: to('log') },
    body: 'select id, v from raw.events',
  },
  'marts.journal': {
    header: { materialize: 'append', time: { column: 'seen', grain: 'hour' }, allow_incomplete: true },
    body: 'select id, seen from raw.events where seen >= $start and seen < $end',
  },
  'marts.per_day': {
    header: incremental('day', 'day', ['day'], {
      deliver: to('per_day'),
      columns: { n: { checks: [{ accepted_range: { min: 0 } }] } },
    }),
    body: 'select day, sum(n)::bigint as n, min(n) as least from raw.days where day >= $start and day < $end group by all',
  },
  'marts.by_day': {
    header: incremental('day', 'hour', ['day']),
    body: `select date_trunc('day', seen) as day, sum(v)::bigint as v from raw.files
where seen >= $start and seen < $end group by all`,
  },
  'marts.everything': {
    header: incremental('seen', 'hour', ['id']),
    body: `select id, seen, v from raw.events`,
  },
  'marts.file_hours': {
    header: incremental('hour', 'hour', ['hour']),
    body: `select date_trunc('hour', seen) as hour, sum(v)::bigint as v from raw.files
where seen >= $start and seen < $end group by all`,
  },
  'marts.names': {
    header: { key: ['name'], deliver: to('names') },
    body: 'select name, count(*) as n, max(seen) as last from raw.files where name is not null group by all',
  },
})

/** Tables in the app, by the delivery's target, with their keys. */
export const DELIVERED: Readonly<Record<string, readonly string[]>> = {
  items: ['select'],
  hourly: ['device', 'hour'],
  complete: ['hour'],
  daily: ['day'],
  renamed: ['day'],
  sessions: ['hour'],
  prices: ['select'],
  active: ['device'],
  log: ['id'],
  per_day: ['day'],
  names: ['name'],
}
