-- Runs in which nothing was new are deleted early; these are the ones looked through, so few are left in it.
create index runs_quiet on millrace_state.runs (scope, started_at) where status = 'done' and release is null;
