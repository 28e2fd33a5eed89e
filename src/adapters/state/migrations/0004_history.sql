-- What pages ask of the past. Each question is one look-up in an index, however long the history is.

-- Runs that ended in one way; and how the steps of a run ended, from the index alone.
create index runs_by_status on millrace_state.runs (scope, status, run);
drop index millrace_state.steps_of_run;
create index steps_of_run on millrace_state.steps (scope, run, status);

-- How much a step's end asks for somebody: of several in one cell the highest is shown.
create function millrace_state.concern(status text) returns integer
  language sql immutable parallel safe return
    case status when 'failed' then 5 when 'held' then 4 when 'skipped' then 3 when 'released' then 2 else 1 end;

-- Quarters of an hour of each asset, the latest two days: an asset that is built every second has as many as any other.
create table millrace_state.step_slots (
  scope integer not null,
  asset text not null,
  slot timestamptz not null,
  -- The step of most concern, the latest of them.
  status text not null,
  run integer not null,
  steps integer not null,
  primary key (scope, asset, slot)
) with (fillfactor = 70);

insert into millrace_state.step_slots (scope, asset, slot, status, run, steps)
select distinct on (scope, asset, slot) scope, asset, slot, status, run, count(*) over (partition by scope, asset, slot)
from (
  select *, date_bin('15 minutes', started_at, timestamptz 'epoch') as slot
  from millrace_state.steps where started_at > now() - interval '2 days') as step
order by scope, asset, slot, millrace_state.concern(status) desc, run desc;
