-- How far the ticks of each scheduled subject are dealt with, and the timetable they were reckoned by.
create table millrace_state.tick_subjects (
  scope integer not null references millrace_state.scopes,
  subject text not null,
  timetable text not null,
  settled timestamptz not null,
  primary key (scope, subject)
) with (fillfactor = 50);

-- Moments at which something was due: running → done, due when given back, left_out without a run.
create table millrace_state.ticks (
  scope integer not null references millrace_state.scopes,
  subject text not null,
  at timestamptz not null,
  status text not null,
  run integer,
  note text not null,
  owner integer not null,
  -- Number of the owner's call that took it: what a call got is known even where its answer was lost.
  claim integer not null,
  takes integer not null,
  primary key (scope, subject, at)
) with (fillfactor = 70);
create index ticks_open on millrace_state.ticks (scope) where status in ('running', 'due');
