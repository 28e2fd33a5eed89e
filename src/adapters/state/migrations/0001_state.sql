-- Everything Millrace remembers. Several projects and environments may share one database, so each row belongs
-- to a scope. Instants are timestamptz, durations milliseconds, sizes bytes.

-- The store speaks epoch milliseconds.
create function millrace_state.instant(ms double precision) returns timestamptz
  language sql immutable parallel safe return to_timestamp(ms / 1000);
create function millrace_state.ms(instant timestamptz) returns double precision
  language sql immutable parallel safe return (extract(epoch from instant) * 1000)::double precision;

-- A project in an environment, and its counters. Taking a number locks the row: numbers have no gaps.
create table millrace_state.scopes (
  scope integer generated always as identity primary key,
  project text not null,
  environment text not null,
  last_run integer not null default 0,
  last_release integer not null default 0,
  unique (project, environment)
);

-- Numbers of sessions. A session holds the advisory lock of its number for as long as its process lives.
create sequence millrace_state.owners as integer;

create table millrace_state.runs (
  scope integer not null references millrace_state.scopes,
  run integer not null,
  status text not null,
  trigger text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  release integer,
  owner integer not null,
  process text not null,
  primary key (scope, run)
);
create index runs_running on millrace_state.runs (scope, run) where status = 'running';

-- What a step left behind, one row per asset and run. Steps, metrics and results have no foreign keys: they are
-- written in one transaction and pruned in one, and the checks would cost more than the rows.
create table millrace_state.steps (
  scope integer not null,
  asset text not null,
  run integer not null,
  status text not null,
  reason text not null,
  started_at timestamptz not null,
  duration_ms double precision not null,
  rows bigint,
  ranges jsonb not null,
  attempts integer not null,
  error jsonb,
  candidate text,
  primary key (scope, asset, run)
);
create index steps_of_run on millrace_state.steps (scope, run);
-- Usual durations and rows are read from here alone.
create index steps_released on millrace_state.steps (scope, asset, run) include (duration_ms, rows)
  where status = 'released';

-- One measured number. Read by step, and as a series of one asset over runs or time.
create table millrace_state.metrics (
  scope integer not null,
  asset text not null,
  run integer not null,
  position integer not null,
  name text not null,
  value double precision not null,
  at timestamptz not null,
  primary key (scope, asset, run, position)
);

-- One judged check.
create table millrace_state.check_results (
  scope integer not null,
  asset text not null,
  run integer not null,
  position integer not null,
  "check" text not null,
  kind text not null,
  severity text not null,
  on_fail text not null,
  status text not null,
  rows bigint not null,
  failed_rows bigint not null,
  fraction double precision not null,
  value double precision,
  message text not null,
  samples jsonb not null,
  tenants jsonb not null,
  ranges jsonb,
  at timestamptz not null,
  primary key (scope, asset, run, position)
);

-- What readers see of an asset now. Ranges of event time are epoch milliseconds.
create table millrace_state.asset_states (
  scope integer not null references millrace_state.scopes,
  asset text not null,
  fingerprint text,
  relation text,
  columns jsonb not null,
  built int8multirange not null,
  -- Unbounded: everything must be built again.
  pending int8multirange not null,
  position jsonb not null,
  release integer not null,
  released_at timestamptz not null,
  input_releases jsonb not null,
  rows bigint,
  primary key (scope, asset)
) with (fillfactor = 70);

-- prepared → committed | abandoned. `states`, `deliveries` and `pending_before` are what a commit applies; they
-- are gone once it has.
create table millrace_state.releases (
  scope integer not null references millrace_state.scopes,
  release integer not null,
  run integer not null,
  status text not null,
  at timestamptz not null,
  assets text[] not null,
  retire text[] not null,
  states jsonb,
  deliveries jsonb,
  -- Pending ranges that the states were computed from. What is pending at commit beyond them came meanwhile, and
  -- stays pending.
  pending_before jsonb,
  primary key (scope, release)
);
create index releases_prepared on millrace_state.releases (scope, release) where status = 'prepared';
create index releases_of_run on millrace_state.releases (scope, run);

create table millrace_state.deliveries (
  scope integer not null references millrace_state.scopes,
  delivery text not null,
  asset text not null,
  connection text not null,
  target text not null,
  delivered integer not null,
  wanted integer not null,
  needs_all boolean not null,
  status text not null,
  inserted bigint not null,
  updated bigint not null,
  deleted bigint not null,
  duration_ms double precision not null,
  attempts integer not null,
  error text,
  primary key (scope, delivery)
) with (fillfactor = 70);

-- A run's right to touch an asset. Valid while the owner lives.
create table millrace_state.locks (
  scope integer not null references millrace_state.scopes,
  asset text not null,
  run integer not null,
  owner integer not null,
  process text not null,
  since timestamptz not null,
  -- What was pending when the lock was taken: all that its run can know of.
  pending_before int8multirange not null,
  primary key (scope, asset)
) with (fillfactor = 70);
