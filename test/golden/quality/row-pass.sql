with by_tenant as materialized (select "customer_id" as tenant,
  count(*) as n0,
  count_if("washroom_id" is null) as n1,
  count_if((visits > 0 -- busy
)) as n2,
  count_if((visits > 0 -- busy
) and "Odd ""name""" is null) as n3,
  count_if("status" is not null) as n4,
  count_if(not list_contains(['ok', 'low'], "status"::VARCHAR)) as n5,
  count_if("visits" is not null) as n6,
  count_if(not list_contains([1, 3], "visits")) as n7,
  count_if(not ("visits" >= 1 and "visits" <= 9007199254740993)) as n8,
  count_if("level" is not null) as n9,
  count_if(not ("level" > '0'::DOUBLE and "level" <= 'Infinity'::DOUBLE)) as n10,
  count_if("price" is not null) as n11,
  count_if(not ("price" <= 99.99)) as n12,
  count_if("hour" is not null) as n13,
  count_if(not ("hour" >= '2024-01-01T00:00:00Z'::TIMESTAMP WITH TIME ZONE)) as n14,
  count_if("day" is not null) as n15,
  count_if(not ("day" >= '2024-01-01'::DATE and "day" <= '2024-12-31 12:00'::TIMESTAMP)) as n16,
  count_if("Odd ""name""" is not null) as n17,
  count_if(not regexp_matches("Odd ""name""", '^it''s$')) as n18,
  count_if("washroom_id" is not null and "hour" is not null) as n19
from this group by "customer_id")
select null as tenant, count(*) as tenants, coalesce(sum(n0), 0)::BIGINT, coalesce(sum(n1), 0)::BIGINT, coalesce(sum(n2), 0)::BIGINT, coalesce(sum(n3), 0)::BIGINT, coalesce(sum(n4), 0)::BIGINT, coalesce(sum(n5), 0)::BIGINT, coalesce(sum(n6), 0)::BIGINT, coalesce(sum(n7), 0)::BIGINT, coalesce(sum(n8), 0)::BIGINT, coalesce(sum(n9), 0)::BIGINT, coalesce(sum(n10), 0)::BIGINT, coalesce(sum(n11), 0)::BIGINT, coalesce(sum(n12), 0)::BIGINT, coalesce(sum(n13), 0)::BIGINT, coalesce(sum(n14), 0)::BIGINT, coalesce(sum(n15), 0)::BIGINT, coalesce(sum(n16), 0)::BIGINT, coalesce(sum(n17), 0)::BIGINT, coalesce(sum(n18), 0)::BIGINT, coalesce(sum(n19), 0)::BIGINT from by_tenant
union all
(select coalesce(tenant::VARCHAR, ''), 0, n0, n1, n2, n3, n4, n5, n6, n7, n8, n9, n10, n11, n12, n13, n14, n15, n16, n17, n18, n19 from by_tenant order by n1 + n3 + n5 + n7 + n8 + n10 + n12 + n14 + n16 + n18 desc, n0 desc, tenant limit 1000)
