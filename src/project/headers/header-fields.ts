import { MATERIALIZATIONS } from '../../domain/asset.js'
import { GRAINS } from '../../domain/interval.js'
import { checkShape } from '../checks/check-shape.js'
import { list, mapOf, mapped, object, optional, required, shortOr } from '../shapes/composite-shape.js'
import {
  boolean,
  choice,
  columnType,
  duration,
  type Located,
  located,
  number,
  type Shape,
  someDuration,
  text,
} from '../shapes/shape.js'
import { schedule } from './schedule-shape.js'

const columnName = text('a column', 'washroom_id')

export type ColumnFields = Readonly<{
  type?: Located<string>
  description?: string
  checks?: readonly import('../checks/check-shape.js').CheckDraft[]
}>

const columnFields: Shape<ColumnFields> = object(
  {
    type: optional(
      located(columnType),
      'Type of the column. Needed in TypeScript assets; elsewhere the engine knows, and compares.',
    ),
    description: optional(text(), 'What the column means.'),
    checks: optional(list(checkShape('column')), 'Checks of this column.'),
  },
  { what: 'the column', example: '{ type: integer, checks: [not_null] }' },
)

/** A type alone stands for `{ type }`. */
const column: Shape<ColumnFields> = shortOr(
  mapped(located(columnType), (type): ColumnFields => ({ type })),
  columnFields,
)

const time = object(
  {
    column: required(
      located(text('a column', 'hour')),
      'Column with the time of the event, a timestamp or a date.',
    ),
    grain: optional(
      choice(GRAINS),
      'Step in which ranges are rebuilt. Days and longer are calendar days of the project’s time zone.',
      'hour',
    ),
    lookback: optional(
      duration,
      'How far back each build reaches again, for inputs that do not say which ranges they touched.',
      'none',
    ),
  },
  { what: 'time', example: '{ column: hour, grain: hour }' },
)

const delivery = object(
  {
    to: required(located(text('a connection', 'app')), 'Connection in millrace.yaml.'),
    table: optional(
      located(text('a table', 'insights.traffic_hourly')),
      'Table of a postgres connection: schema.table.',
    ),
    path: optional(
      located(text('a path', 'traffic_hourly.parquet')),
      'Parquet file below the folder of a files connection.',
    ),
    adopt: optional(boolean, 'Take over a table that already holds rows of somebody else.', 'false'),
  },
  { what: 'the delivery', example: '{ to: app, table: insights.traffic_hourly }' },
)

export type DeliveryFields = NonNullable<ReturnType<typeof delivery.read>>

const deletes = shortOr(
  choice(['none', 'missing'] as const),
  object(
    { when: required(located(columnName), 'Boolean column; rows where it is true are removed.') },
    { what: 'deletes', example: '{ when: deleted }' },
  ),
)

/** Fields of every asset. */
const SHARED = {
  description: optional(text('text', 'Door counts per washroom and hour'), 'What a row is, in one sentence.'),
  owner: optional(text('text', 'data'), 'Who answers for it.'),
  tags: optional(list(text('a tag', 'daily'), { single: true }), 'Words to select by: tag:daily.'),
  key: optional(
    list(located(columnName), { single: true, least: 1 }),
    'Columns that identify a row. They are checked to be unique and not null.',
  ),
  time: optional(time, 'The event time of the rows.'),
  columns: optional(
    mapOf<ColumnFields>(column, '{ washroom_id: { checks: [not_null] } }', {}),
    'Types, descriptions and checks of columns, by name.',
  ),
  checks: optional(list(checkShape('table')), 'Checks of the whole asset.'),
  schedule: optional(
    located(schedule),
    'When it is built by itself: at the ticks of a cron pattern (five fields, or six with seconds first) in the project’s time zone, whenever something it reads is released (`upstream`), or by hand only (`never`).',
    'upstream; a source: never',
  ),
  budget: optional(
    object(
      { duration: optional(someDuration, 'A build that takes longer is reported.') },
      { what: 'budget', example: '{ duration: 30s }' },
    ),
    'What it may cost.',
  ),
  timeout: optional(someDuration, 'A build that takes longer is stopped and has failed.', '30 min'),
  retries: optional(
    number({ integer: true, min: 0, max: 20 }),
    'Tries after the first, for errors that may pass.',
    '3',
  ),
  deliver: optional(
    list(delivery, { single: true, least: 1 }),
    'Where released rows are carried to, one place or a list.',
  ),
} as const

const BUILT = {
  materialize: optional(
    choice(MATERIALIZATIONS),
    'How rows are kept: replaced whole, no rows at all, by ranges of time, merged by key, or only added.',
    'table',
  ),
  deletes: optional(
    deletes,
    'Rows that a keyed asset removes: none, those its statement no longer yields (missing), or those a column marks ({ when: deleted }).',
    'none',
  ),
  allow_incomplete: optional(boolean, 'Intervals that have not ended yet are built too.', 'false'),
} as const

export const SQL_FIELDS = { ...SHARED, ...BUILT } as const

export const TYPESCRIPT_FIELDS = {
  ...SHARED,
  ...BUILT,
  inputs: optional(
    list(located(text('an asset', 'staging.levels')), { single: true }),
    'Assets it reads.',
    'none',
  ),
} as const

const EXAMPLE = 'description: Door counts per washroom and hour'

export const sqlShape = object(SQL_FIELDS, {
  what: 'the header of a SQL asset',
  example: EXAMPLE,
  misplaced: {
    inputs: 'Remove it: what a statement reads is read from the statement.',
    source: 'A source is a YAML file of its own: assets/raw/readings.yaml.',
    name: 'Remove it: the name comes from the path.',
    vars: 'Vars are declared in millrace.yaml.',
  },
})

export const typescriptShape = object(TYPESCRIPT_FIELDS, {
  what: 'the header of a TypeScript asset',
  example: EXAMPLE,
  misplaced: {
    source: 'A source is a YAML file of its own: assets/raw/readings.yaml.',
    name: 'Remove it: the name comes from the path.',
    vars: 'Vars are declared in millrace.yaml.',
  },
})

export { SHARED as SHARED_FIELDS }
export type BuiltFields = NonNullable<ReturnType<typeof typescriptShape.read>>
