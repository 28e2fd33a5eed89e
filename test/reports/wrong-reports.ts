/** Ways to get a report wrong. What is said of each stands in test/golden/reports. */
const HEAD = `---
title: Your week
for_each: tenant
period: week
---
`
const QUERY =
  '```sql traffic\nselect hour as day, visits from marts.traffic where hour >= $start and hour < $end\n```\n'
const SHOWN = '```chart bar\ndata: traffic\nx: day\ny: visits\ntitle: Visits\n```\n'

const head = (text: string): string => `---\n${text}\n---\n\n${QUERY}${SHOWN}`
const body = (text: string): string => `${HEAD}\n${text}\n`
const sql = (text: string): string => body(`\`\`\`sql traffic\n${text}\n\`\`\`\n\n{{ traffic.visits }}`)
const block = (text: string): string => body(`${QUERY}\n${text}`)

export const SOUND = body(`${QUERY}\n${SHOWN}\n**{{ traffic.visits | number }}** visits`)

export const WRONG_REPORTS: Readonly<Record<string, string>> = {
  // front matter
  'no-front-matter': `# Visits\n\n${QUERY}${SHOWN}`,
  'front-matter-open': `---\ntitle: Your week\nperiod: week\n\n${QUERY}`,
  'front-matter-empty': head(''),
  'front-matter-unknown-field': head('title: T\nperiod: week\ntimezone: UTC\nperiodd: week'),
  'front-matter-broken-yaml': head('title: [T\nperiod: week'),
  'no-title': head('period: week'),
  'unknown-period': head('title: T\nperiod: fortnight'),
  'for-each-customer': head('title: T\nperiod: week\nfor_each: customer'),
  'bad-schedule': head("title: T\nperiod: week\nschedule: '0 25 * * *'"),
  'bad-locale': head('title: T\nperiod: week\nlocale: Irish english'),
  'tenant-name-without-column': head('title: T\nperiod: week\nfor_each: tenant\ntenant_name: customer'),
  'tenant-name-of-nobody': head('title: T\nperiod: week\ntenant_name: traffic.day'),
  'shared-unknown': head('title: T\nperiod: week\nfor_each: tenant\nshared: [raw.kind]'),
  'shared-unused': head('title: T\nperiod: week\nfor_each: tenant\nshared: [raw.kinds]'),
  // blocks
  'block-misspelled': block('```charts bar\ndata: traffic\n```'),
  'block-open': block('```chart bar\ndata: traffic'),
  'block-in-a-list': block('- here:\n\n  ```chart bar\n  data: traffic\n  ```'),
  'chart-without-kind': block('```chart\ndata: traffic\nx: day\ny: visits\ntitle: T\n```'),
  'chart-pie': block('```chart pie\ndata: traffic\nx: day\ny: visits\ntitle: T\n```'),
  'chart-without-data': block('```chart bar\nx: day\ny: visits\ntitle: T\n```'),
  'chart-of-unknown-query': block('```chart bar\ndata: trafic\nx: day\ny: visits\ntitle: T\n```'),
  'chart-unknown-field': block('```chart bar\ndata: traffic\nx: day\ny: visits\ntitle: T\ncolour: red\n```'),
  'chart-empty': block('```chart bar\n```'),
  'chart-bad-format': block(
    '```chart bar\ndata: traffic\nx: day\ny: visits\ntitle: T\nformat: percents\n```',
  ),
  'chart-series-and-many-y': block(
    '```chart line\ndata: traffic\nx: day\ny: [visits, day]\nseries: day\ntitle: T\n```',
  ),
  'too-many-charts': block(SHOWN.repeat(7)),
  'table-without-query': block('```table\nlimit: 5\n```'),
  'table-bad-limit': block('```table traffic\nlimit: 100000\n```'),
  'value-without-numbers': block('```value traffic\n```'),
  'value-bad-direction': block(
    '```value traffic\nnumbers: [{ value: visits, label: Visits, better: more }]\n```',
  ),
  'says-nothing': HEAD,
  // queries
  'query-without-name': body('```sql\nselect 1\n```'),
  'query-bad-name': body('```sql Traffic-Daily\nselect 1\n```'),
  'query-twice': body(`${QUERY}\n${QUERY}\n${SHOWN}`),
  'query-named-period': body('```sql period\nselect 1\n```'),
  'query-unused': body(QUERY),
  'sql-empty': sql(''),
  'sql-syntax': sql('select visits frm marts.traffic'),
  'sql-several': sql('select 1; select 2'),
  'sql-writes': sql('delete from marts.traffic'),
  'sql-sets': sql("set timezone = 'UTC'"),
  'reads-unknown-asset': sql('select * from marts.trafic'),
  'reads-later-query': body(
    '```sql a\nselect * from b\n```\n\n```sql b\nselect 1 as one\n```\n\n{{ a.one }}',
  ),
  'reads-without-schema': sql('select * from traffic_hourly'),
  'reads-a-catalog': sql('select * from millrace_warehouse.marts.traffic'),
  'reads-a-file': sql(`select * from 'other.parquet'`),
  'reads-a-file-by-function': sql(`select * from read_parquet('/tmp/*.parquet')`),
  'reads-the-system': sql('select * from information_schema.tables'),
  'calls-query-table': sql(`select * from query_table('marts.traffic')`),
  'calls-getenv': sql(`select getenv('HOME') as visits`),
  describes: sql('select * from (describe marts.traffic)'),
  'not-repeatable': sql('select visits from marts.traffic where hour < now()'),
  'parameter-unknown': sql('select visits from marts.traffic where hour >= $begin'),
  'parameter-without-name': sql('select visits from marts.traffic where hour >= ?'),
  // values
  'value-open': block(`${SHOWN}\nIn all {{ traffic.visits | number visits.`),
  'value-without-column': block(`${SHOWN}\nIn all {{ traffic }}.`),
  'value-of-unknown-query': block(`${SHOWN}\nIn all {{ trafic.visits }}.`),
  'value-bad-format': block(`${SHOWN}\nIn all {{ traffic.visits | numbr }}.`),
  'value-bad-currency': block(`${SHOWN}\nIn all {{ traffic.visits | currency }}.`),
  'value-bad-digits': block(`${SHOWN}\nIn all {{ traffic.visits | number:many }}.`),
  'value-unknown-period-field': block(`${SHOWN}\nSince {{ period.begin }}.`),
  'value-in-a-link': block(`${SHOWN}\n[map](https://example.com/{{ traffic.visits }})`),
  'image-from-elsewhere': block(`${SHOWN}\n![logo](https://example.com/logo.png)`),
  // several at once
  'everything-at-once': `---
title: T
period: wek
---

\`\`\`sql a
select * from marts.nothing
\`\`\`

\`\`\`chart bar
data: b
\`\`\`

{{ c.d | e }}
`,
}
