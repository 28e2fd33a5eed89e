// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is shown as it is to be written.
import { IANAZone } from 'luxon'
import { mapOf, object, optional, required } from '../shapes/composite-shape.js'
import {
  checkedText,
  choice,
  type Located,
  located,
  number,
  type Shape,
  scalar,
  text,
} from '../shapes/shape.js'
import { alertsShape } from './alert-fields.js'
import { configDiagnostic } from './diagnostics.js'

const warehouse = object(
  {
    type: optional(choice(['duckdb']), 'Engine that keeps the rows.', 'duckdb'),
    path: optional(
      text('a path', '.millrace/warehouse.duckdb'),
      'File of the warehouse, from the project folder.',
      '.millrace/warehouse.duckdb',
    ),
    memory_limit: optional(
      checkedText(text('a size', '4GB', '^\\d+(\\.\\d+)?\\s*([KMGT]i?B|%)$'), (size) =>
        /^\d+(\.\d+)?\s*([KMGT]i?B|%)$/i.test(size)
          ? null
          : { detail: `is "${size}", which is no size`, hint: 'Write a number and a unit: 4GB, 512MB.' },
      ),
      'Memory the engine may use before it spills to disk.',
      'half of the machine’s memory',
    ),
    threads: optional(
      number({ integer: true, min: 1, max: 1024 }),
      'Threads the engine may use.',
      'one for each core',
    ),
  },
  { what: 'warehouse', example: '{ type: duckdb, path: .millrace/warehouse.duckdb }' },
)

/** Fields of a connection of any type; which of them a type needs is checked when it is built. */
const connection = object(
  {
    type: required(
      located(text('postgres or files', 'postgres')),
      'What is at the other end: postgres or files.',
    ),
    url: optional(
      located(text('an address', '"${APP_DATABASE_URL}"')),
      'Of a postgres connection: postgres://user:password@host/database, or `embedded` for a database in Millrace’s own Postgres.',
    ),
    path: optional(
      located(text('a folder', './incoming')),
      'Of a files connection: folder, from the project folder.',
    ),
  },
  { what: 'the connection', example: '{ type: postgres, url: "${APP_DATABASE_URL}" }' },
)

const timezone: Shape<string> = {
  ...text('a time zone', 'Europe/Dublin'),
  read: (node, reading) => {
    const name = text('a time zone', 'Europe/Dublin').read(node, reading)
    if (name === undefined || IANAZone.isValidZone(name)) return name
    const known = Intl.supportedValuesOf('timeZone')
    reading.report(configDiagnostic('TIMEZONE_UNKNOWN', { timezone: name, known }, node.at))
    return undefined
  },
}

/** Everything millrace.yaml may say. */
export const CONFIG_FIELDS = {
  name: required(
    checkedText(text('a name', 'washrooms', '^[a-z][a-z0-9_-]*$'), (name) =>
      /^[a-z][a-z0-9_-]*$/.test(name)
        ? null
        : {
            detail: `is "${name}"`,
            hint: 'Use small letters, digits, "_" and "-", beginning with a letter.',
          },
    ),
    'Name of the project.',
  ),
  description: optional(text(), 'What the project is for.'),
  tenant: optional(text('a column', 'customer_id'), 'Column that says which customer a row belongs to.'),
  timezone: optional(timezone, 'IANA time zone of schedules and calendar days.', 'UTC'),
  state: optional(
    located(text('embedded or an address', 'embedded')),
    'Where runs and releases are remembered: embedded, or postgres://….',
    'embedded',
  ),
  warehouse: optional(warehouse, 'Where rows are kept.', 'DuckDB in .millrace/warehouse.duckdb'),
  connections: optional(
    mapOf(connection, '{ app: { type: postgres, url: "${APP_DATABASE_URL}" } }'),
    'The outside: name, then type and address.',
  ),
  vars: optional(
    mapOf(scalar, '{ silent_after: 2 hours }'),
    'Values for statements: silent_after is $silent_after in SQL and ctx.vars.silent_after in TypeScript.',
  ),
  alerts: optional(
    alertsShape,
    'Whom alerts are sent to.',
    'nobody; they are in `millrace alerts` and the console',
  ),
} as const

export const configShape = object(CONFIG_FIELDS, { what: 'millrace.yaml', example: 'name: washrooms' })

export type Config = NonNullable<ReturnType<typeof configShape.read>>
export type ConnectionFields = Readonly<{
  type: Located<string>
  url?: Located<string>
  path?: Located<string>
}>
