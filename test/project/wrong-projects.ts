// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of millrace.yaml.
import { CONFIG, ENV, type Files } from './fixture.js'

type WrongProject = Readonly<{ files: Files; env?: Readonly<Record<string, string | undefined>> }>

const config = (text: string): WrongProject => ({ files: { 'millrace.yaml': text } })
const sql = (text: string): WrongProject => ({ files: { 'assets/marts/status.sql': text } })
const header = (yaml: string, body = 'select * from raw.readings'): WrongProject =>
  sql(`/* @asset\n${yaml}\n*/\n${body}\n`)
const body = (text: string): WrongProject => header('description: Status of each washroom', text)
const source = (text: string): WrongProject => ({ files: { 'assets/raw/other.yaml': text } })
const code = (text: string): WrongProject => ({ files: { 'assets/marts/fill.ts': text } })
const SOUND = '/* @asset\ndescription: Sound\n*/\nselect * from raw.readings\n'
const GENERATOR = 'export default async function* (ctx: unknown) { yield ctx }\n'

/** Ways to get a project wrong. What is said of each stands in test/golden/project. */
export const WRONG_PROJECTS: Readonly<Record<string, WrongProject>> = {
  // millrace.yaml
  'no-config': { files: { 'millrace.yaml': null } },
  'empty-config': config(''),
  'config-without-name': config('timezone: UTC\n'),
  'config-unknown-field': config(`${CONFIG}timezon: UTC\n`),
  'config-broken-yaml': config('name: washrooms\nvars: { a: 1\n'),
  'config-not-a-map': config('washrooms\n'),
  'config-tab': config('name: washrooms\nvars:\n\ta: 1\n'),
  'config-bad-name': config('name: My Washrooms\n'),
  'config-unknown-time-zone': config(`${CONFIG}timezone: Europe/Dubln\n`),
  'config-bad-state': config(`${CONFIG}state: mysql://localhost/x\n`),
  'config-warehouse': config(`${CONFIG}warehouse: { type: duckdbb, threads: 0, memory_limit: lots }\n`),
  'config-unquoted-placeholder': config(
    'name: washrooms\nconnections: { app: { type: postgres, url: ${URL} } }\n',
  ),
  'connection-unknown-type': config(
    'name: washrooms\nconnections:\n  app: { type: postgress, url: "postgres://x/y" }\n',
  ),
  'connection-without-url': config('name: washrooms\nconnections:\n  app: { type: postgres, path: ./x }\n'),
  'connection-bad-url': config(
    'name: washrooms\nconnections:\n  app: { type: postgres, url: localhost/app }\n',
  ),
  'connection-bad-name': config(
    `name: washrooms\nconnections:\n  My-App: { type: files, path: x }\n  app: { type: postgres, url: "postgres://x/y" }\n`,
  ),
  'variable-missing': { files: {}, env: {} },
  'variable-misspelled': config(
    'name: washrooms\nconnections:\n  app: { type: postgres, url: "${APP DATABASE}" }\n',
  ),
  'variable-in-an-asset': header('description: x\nowner: ${OWNER}'),
  'var-named-start': config(
    `name: w\nconnections: { app: { type: postgres, url: "postgres://x/y" } }\nvars: { start: 1, Silent: 2 }\n`,
  ),
  'var-empty': config(`${CONFIG.replace('2 hours', '')}`),

  // alerts
  'alert-route-without-where': config(`${CONFIG}alerts: { notify: [{ severity: error }, { secret: x }] }\n`),
  'alert-route-with-both': config(
    `${CONFIG}alerts:\n  smtp: smtp://localhost\n  notify:\n    - { webhook: "https://example.com/x", mail: a@example.com }\n`,
  ),
  'alert-bad-addresses': config(
    `${CONFIG}alerts:\n  smtp: localhost:25\n  from: nobody\n  notify:\n    - { webhook: example.com/hook }\n    - { webhook: "https://user:pw@example.com" }\n    - { mail: [a@example.com, data team], secret: x }\n    - { mail: [] }\n`,
  ),
  'alert-mail-without-server': config(`${CONFIG}alerts: { notify: [{ mail: a@example.com }] }\n`),
  'alert-unknown-field': config(
    `${CONFIG}alerts: { notify: [{ webhok: "https://example.com", severity: bad, assets: 1 }], smpt: x }\n`,
  ),

  // files and names
  'no-assets': { files: { 'assets/raw/readings.yaml': null } },
  'python-and-notebook': {
    files: { 'assets/marts/a.py': 'x', 'assets/marts/b.ipynb': '{}', 'assets/marts/c.js': 'x' },
  },
  'no-schema-folder': { files: { 'assets/status.sql': SOUND } },
  'too-deep': { files: { 'assets/marts/daily/status.sql': SOUND } },
  'bad-asset-name': { files: { 'assets/marts/Washroom-Status.sql': SOUND, 'assets/2marts/x.sql': SOUND } },
  'reserved-schema': {
    files: { 'assets/main/x.sql': SOUND, 'assets/pg_own/x.sql': SOUND, 'assets/quarantine/x.sql': SOUND },
  },
  'made-twice': {
    files: {
      'assets/marts/status.sql': SOUND,
      'assets/marts/status.ts': `/* @asset\ncolumns: { id: integer }\n*/\n${GENERATOR}`,
    },
  },
  'name-by-letter-case-only': {
    files: { 'assets/marts/status.sql': SOUND, 'assets/marts/Status.sql': SOUND },
  },
  'not-utf8': {
    files: {
      'assets/marts/status.sql': Buffer.from('/* @asset\ndescription: caf\xe9\n*/ select 1', 'latin1'),
    },
  },
  utf16: { files: { 'assets/marts/status.sql': Buffer.from('\ufeff/* @asset\n*/ select 1', 'utf16le') } },
  'byte-order-mark': sql(`\ufeff${SOUND}`),
  'nul-character': sql('/* @asset\ndescription: x\n*/ select 1\0'),
  'empty-file': sql('  \n'),

  // headers
  'no-header': sql('select * from raw.readings\n'),
  'header-not-first': sql(`-- (c) 2026\n${SOUND}`),
  'header-in-line-comments': sql('-- @asset\n-- description: x\nselect * from raw.readings\n'),
  'header-misspelled': sql('/* @Asset\ndescription: x\n*/\nselect * from raw.readings\n'),
  'header-not-closed': sql('/* @asset\ndescription: x\nselect 1\n'),
  'header-empty': sql('/* @asset\n*/\nselect 1\n'),
  'header-not-a-map': sql('/* @asset Door counts */\nselect 1\n'),
  'header-cut-in-typescript': code(`/* @asset\nschedule: '*/15 * * * *'\n*/\n${GENERATOR}`),
  'unknown-field': header('description: x\nmaterialise: table\nkeys: [id]'),
  'unknown-nested-field': header('time: { colum: hour, grain: hour }'),
  'inputs-in-sql': header('inputs: [raw.readings]\nname: status'),
  'bad-choice': header('materialize: incremetal'),
  'bad-grain': header('time: { column: hour, grain: hours }'),
  'bad-yaml': header('description: counts: per hour\nkey: [a, b'),
  'alias-to-nothing': header('owner: *nobody\ncolumns: { a: &kept { type: integer }, b: *kept }'),
  'duplicate-key': header('owner: data\nowner: web'),
  'ambiguous-words': header('owner: no\ntags: [on, daily]\nallow_incomplete: yes'),
  'unquoted-date': header('checks:\n  - accepted_range: { column: day, min: 2024-01-01 }'),
  sexagesimal: header('tags: [12:30]'),
  'leading-zero': header(
    'checks:\n  - accepted_values: { column: code, values: [007, 12345678901234567890] }',
  ),
  'number-for-text': header('owner: 12\ndescription: true'),
  'regex-in-double-quotes': header('checks:\n  - matches_regex: { column: code, pattern: "^\\d+$" }'),
  'regex-with-backspace': header('checks:\n  - matches_regex: { column: code, pattern: "\\bsoap" }'),
  'regex-broken': header(
    "columns:\n  a: { checks: [matches_regex: '(x'] }\n  b: { checks: [matches_regex: '[x'] }\n  c: { checks: [matches_regex: '(?=x)'] }",
  ),
  'unquoted-schedule': header('schedule: */5 * * * *'),
  'bad-schedule': header("schedule: '*/5 * * *'"),
  'bad-schedule-field': header("schedule: '0 25 * * fri-mon'"),
  'bad-schedule-second': header("schedule: '99 */5 * * * *'"),
  'bad-schedule-word': header('schedule: upstrem'),
  'bad-schedule-day': header("schedule: { cron: '0 6 31 apr,jun *' }"),
  'bad-schedule-catch-up': header("schedule: { cron: '0 6 * * *', catch_up: newest }"),
  'bad-schedule-fields': header("schedule: { corn: '0 6 * * *', timezone: Europe/Dublin }"),
  'bad-schedule-map': header('schedule: {}'),
  'schedule-two-ways': header("schedule: { cron: '0 6 * * *', on: upstream }"),
  'schedule-catch-up-stray': header('schedule: { on: upstream, catch_up: all }'),
  'schedule-of-a-source': {
    files: {
      'assets/raw/readings.yaml':
        'source: { from: app, table: hardware.readings }\nschedule: { on: upstream }\n',
    },
  },
  'bad-schedule-in-typescript': code(
    `/* @asset\nschedule: sometimes\ncolumns: { a: integer }\n*/\n${GENERATOR}`,
  ),
  'bad-durations': header(
    'timeout: 30\nbudget: { duration: soon }\ntime: { column: hour, lookback: 2 fortnights }',
  ),
  'empty-value': header('description:\nkey:'),
  'key-twice': header('key: [id, id]'),
  'statement-cut-by-comma': header('checks:\n  - failed_rows: { name: odd, sql: select a, b from this }'),
  'columns-by-letter-case-only': header('columns: { visits: integer, Visits: integer }'),
  'unknown-type': header('columns: { visits: integr, code: serial, at: { type: timestmptz } }'),

  // checks
  'unknown-check': header('columns: { id: { checks: [not_nul] } }\nchecks: [rowcount: { min: 1 }]'),
  'check-fields-outside': header('checks:\n  - row_count: { min: 1 }\n    severity: warning'),
  'check-unknown-field': header('columns: { id: { checks: [accepted_range: { minimum: 0 }] } }'),
  'check-unknown-severity': header('checks: [row_count: { min: 1, severity: fatal, on_fail: quarantin }]'),
  'table-check-under-column': header('columns: { id: { checks: [row_count: { min: 1 }] } }'),
  'column-check-without-column': header(
    'checks: [not_null, accepted_range: { min: 0 }, freshness: { max_age: 1 hour }]',
  ),
  'check-without-bounds': header('checks: [row_count, accepted_range: { column: a }]'),
  'check-bounds-crossed': header('checks: [row_count: { min: 10, max: 1 }]'),
  'check-twice': header('columns: { id: { checks: [not_null, not_null: { severity: warning }] } }'),
  'check-cannot-quarantine': header('checks: [row_count: { min: 1, on_fail: quarantine }]'),
  'view-cannot-quarantine': header(
    'materialize: view\ncolumns: { id: { checks: [not_null: { on_fail: quarantine }] } }',
  ),
  'check-option-without-meaning': header(
    'checks:\n  - row_count: { min: 1, tolerance: 0.1 }\n  - failed_rows: { sql: select 1 from this, where: a > 1 }',
  ),
  'check-sql-broken': header(
    "checks:\n  - failed_rows: { name: odd, sql: selec 1 }\n  - not_null: { column: a, where: 'b >' }",
  ),
  'check-reads-nothing': header(
    'checks:\n  - failed_rows: { name: odd, sql: select * from raw.reading }\n  - failed_rows: { name: late, sql: select * from readings }\n  - not_null: { column: a, where: a in (select id from db.raw.readings) }',
  ),
  'check-reads-files': header(
    'checks:\n  - failed_rows: { name: odd, sql: "select * from read_csv(\'x.csv\')" }\n  - failed_rows: { name: two, sql: "from \'x.csv\'" }\n  - failed_rows: { name: hidden, sql: "from query(\'select 1\')" }',
  ),
  'check-unknown-var': header(
    'checks:\n  - failed_rows: { name: odd, sql: select * from this where a < $silent_aftr }\n  - not_null: { column: a, where: a > ? }',
  ),
  'no-time-at-all': header(
    'timeout: 0s\nbudget: { duration: 0 min }\ntime: { column: read_at, lookback: 0 s }\nchecks: [freshness: { max_age: 0 h }]',
  ),
  'check-related-to-nothing': header(
    'columns: { id: { checks: [relationships: { to: raw.reading.id }, relationships: { to: readings }] } }',
  ),

  // statements
  'no-statement': body('-- later'),
  'two-statements': body('select 1;\nselect 2'),
  'not-a-select': body('create table x as select 1'),
  'second-statement-drops': body('select 1;\ndrop table x'),
  'dynamic-pivot': body('pivot raw.readings on device_id using sum(value)'),
  'syntax-error': body('select é, a b c\nfrom raw.readings'),
  'unknown-table': body('select * from raw.reading'),
  'table-without-schema': body('with r as (select 1) select * from r, readings'),
  'three-part-name': body('select * from warehouse.raw.readings'),
  'reads-itself': body('select * from marts.status'),
  'reads-files': body("select * from 'x.csv', read_parquet('y.parquet')"),
  'hides-its-tables': body("from query('select 1')"),
  'unknown-parameter': body('select * from raw.readings where a > $silent_aftr and b < $other'),
  'interval-without-time': body('select * from raw.readings where a >= $start'),
  'interval-in-a-table': header('time: { column: read_at }', 'select * from raw.readings where a >= $start'),
  'positional-parameter': body('select * from raw.readings where a > ?'),
  'interval-unused': header('materialize: incremental\ntime: { column: read_at }'),
  cycle: {
    files: {
      'assets/a/one.sql': SOUND.replace('raw.readings', 'a.three'),
      'assets/a/two.sql': SOUND.replace('raw.readings', 'a.one'),
      'assets/a/three.sql': SOUND.replace('raw.readings', 'a.two'),
    },
  },

  // materializations, deliveries
  'incremental-without-time': header('materialize: incremental'),
  'keyed-without-key': header('materialize: keyed'),
  'deletes-not-keyed': header('deletes: missing'),
  'unknown-connection': header('key: [id]\ndeliver: { to: ap, table: insights.status }'),
  'delivery-without-key': header('deliver: { to: app, table: insights.status }'),
  'delivery-without-table': header('key: [id]\ndeliver: { to: app }'),
  'delivery-of-a-view': header('materialize: view\nkey: [id]\ndeliver: { to: app, table: insights.status }'),
  'delivery-to-files': header(
    'deliver:\n  - { to: drop, path: ../status.parquet }\n  - { to: drop, path: status.csv, table: x }',
  ),
  'delivery-twice': header(
    'key: [id]\ndeliver: [{ to: app, table: status }, { to: app, table: public.status }]',
  ),
  'delivery-onto-its-source': header('key: [id]\ndeliver: { to: app, table: hardware.readings }'),
  'delivery-twice-to-a-file': {
    files: {
      'assets/marts/a.sql': SOUND.replace('description: Sound', 'deliver: { to: drop, path: x/a.parquet }'),
      'assets/marts/b.sql': SOUND.replace(
        'description: Sound',
        'deliver: { to: drop, path: ./x//a.parquet }',
      ),
    },
  },
  'delivery-into-the-ledger': header(
    'key: [id]\ndeliver: [{ to: app, table: millrace.deliveries }, { to: app, table: insights.millrace_deliveries }]',
  ),
  'delivery-bad-table': header('key: [id]\ndeliver: { to: app, table: a.b.c }'),

  // sources
  'source-without-source': source('description: x\n'),
  'source-unknown-connection': source('source: { from: db, table: x }\n'),
  'source-without-table': source('source: { from: app, path: x.csv }\n'),
  'source-without-cursor': source('source: { from: app, table: x, load: incremental }\n'),
  'source-full-with-deletes': source('source: { from: app, table: x, deletes: true }\n'),
  'source-full-with-cursor': source('source: { from: app, table: x, cursor: id }\n'),
  'source-without-format': source('source: { from: drop, path: readings/* }\n'),
  'source-options': source(
    'source: { from: drop, path: x.parquet, delimiter: ";", ignore_errors: true, encoding: klingon }\n',
  ),
  'source-materialized': source('materialize: table\nsource: { from: app, table: x }\n'),
  'source-not-a-map': source('source: app\n'),

  // TypeScript
  'typescript-without-columns': code(`/* @asset\ninputs: [raw.readings]\n*/\n${GENERATOR}`),
  'typescript-without-types': code(`/* @asset\ncolumns: { id: integer, level: }\n*/\n${GENERATOR}`),
  'typescript-unknown-input': code(
    `/* @asset\ninputs: [raw.reading, marts.fill]\ncolumns: { id: integer }\n*/\n${GENERATOR}`,
  ),
  'typescript-unknown-columns': code(
    `/* @asset\nkey: [idd]\ntime: { column: at }\ncolumns: { id: integer }\nchecks: [unique: [di]]\n*/\n${GENERATOR}`,
  ),
  'typescript-view': code(`/* @asset\nmaterialize: view\ncolumns: { id: integer }\n*/\n${GENERATOR}`),
  'typescript-syntax': code('/* @asset\ncolumns: { id: integer }\n*/\nexport default function* ( {\n'),
  'typescript-import-missing': code(
    `/* @asset\ncolumns: { id: integer }\n*/\nimport { a } from './_nothing.js'\nexport default () => a\n`,
  ),
  'typescript-no-default-export': code('/* @asset\ncolumns: { id: integer }\n*/\nexport const run = 1\n'),

  // all at once
  'many-mistakes': {
    files: {
      'millrace.yaml': `${CONFIG}colour: red\n`,
      'assets/marts/a.sql': '/* @asset\nowner: no\nmaterialize: tabel\n*/\nselect * from raw.reedings\n',
      'assets/marts/b.sql':
        '/* @asset\ndeliver: { to: ap, table: x }\nkey: id\n*/\nselect * from marts.a where $silent\n',
      'assets/raw/c.yaml': 'source: { from: app }\n',
    },
    env: ENV,
  },
}
