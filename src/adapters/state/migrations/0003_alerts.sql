-- Alerts, silences, and the messages about them that are on their way out.

-- One row a scope; whoever changes alerts holds its lock. Numbers of alerts and silences are counted here.
create table millrace_state.watches (
  scope integer primary key references millrace_state.scopes,
  last_alert integer not null default 0,
  last_silence integer not null default 0,
  looks integer not null default 0,
  -- Steps of runs up to this one were looked at.
  looked_run integer not null default 0
);

create table millrace_state.alerts (
  scope integer not null references millrace_state.scopes,
  id integer not null,
  key text not null,
  kind text not null,
  severity text not null,
  state text not null,
  asset text,
  title text not null,
  effect text not null,
  next text not null,
  run integer,
  observation jsonb,
  cause integer,
  since timestamptz not null,
  fired_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at timestamptz,
  silenced_until timestamptz,
  occurrences integer not null,
  -- The state that was last told; null: none yet.
  told text,
  seen_at timestamptz not null,
  -- How often the same trouble had come and gone within the hour before.
  returns integer not null,
  primary key (scope, id)
) with (fillfactor = 70);
-- At most one open alert has a key, whatever happens.
create unique index alerts_open on millrace_state.alerts (scope, key) where state <> 'resolved';
create index alerts_resolved on millrace_state.alerts (scope, resolved_at) where state = 'resolved';
create index alerts_untold on millrace_state.alerts (scope, id)
  where state = 'resolved' and told in ('firing', 'acknowledged');
create index alerts_caused on millrace_state.alerts (scope, cause) where cause is not null;
create index alerts_of_asset on millrace_state.alerts (scope, asset, id);

create table millrace_state.alert_events (
  scope integer not null,
  alert integer not null,
  position integer not null,
  at timestamptz not null,
  state text not null,
  by text not null,
  note text not null,
  primary key (scope, alert, position)
);

create table millrace_state.silences (
  scope integer not null references millrace_state.scopes,
  id integer not null,
  assets text not null,
  kind text,
  until timestamptz not null,
  by text not null,
  reason text not null,
  created_at timestamptz not null,
  primary key (scope, id)
);

-- waiting → sent | given_up. One message a change of state and channel: the key makes a second one impossible.
create table millrace_state.alert_messages (
  scope integer not null references millrace_state.scopes,
  alert integer not null,
  state text not null,
  channel text not null,
  id text not null,
  at timestamptz not null,
  body jsonb not null,
  status text not null,
  attempts integer not null default 0,
  next_at timestamptz not null,
  -- A process that takes a message has until then to say what became of it.
  claimed_until timestamptz,
  sent_at timestamptz,
  error text,
  primary key (scope, alert, state, channel)
) with (fillfactor = 70);
create index alert_messages_waiting on millrace_state.alert_messages (scope, next_at) where status = 'waiting';
