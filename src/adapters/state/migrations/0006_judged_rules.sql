-- Checks that released rows were judged by: name → { rule, effect }. Of rows released before, nothing is known.
alter table millrace_state.asset_states add column judged jsonb not null default '{}';
-- The release whose rows a step judged again because no candidate was built; null where it judged a candidate, or nothing.
alter table millrace_state.steps add column judged_release integer;
