-- What became of a report for a tenant and a period, the latest only. A report that is not made for each tenant has
-- for_tenant = false and an empty tenant; '' with for_tenant = true is a tenant whose id is empty.
create table millrace_state.reports (
  scope integer not null references millrace_state.scopes,
  report text not null,
  period text not null,
  for_tenant boolean not null,
  tenant text not null,
  status text not null,
  release integer not null,
  at timestamptz not null,
  duration_ms double precision not null,
  file text,
  bytes bigint not null,
  message text not null,
  primary key (scope, report, period, for_tenant, tenant)
);
create index reports_newest on millrace_state.reports (scope, report, at desc);
