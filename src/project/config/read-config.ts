// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is shown as it is to be written.
import { isAbsolute, join, resolve } from 'node:path'
import type { Json } from '../../base/json.js'
import type { ConnectionSpec, Project, StateSpec } from '../../domain/project.js'
import type { Report } from '../diagnostics/report.js'
import { NAME } from '../files/names.js'
import type { SourceText } from '../files/source-text.js'
import type { Keyed } from '../shapes/composite-shape.js'
import { fieldDiagnostic } from '../shapes/diagnostics.js'
import type { Located } from '../shapes/shape.js'
import { yamlDiagnostic } from '../yaml/diagnostics.js'
import { parseYaml } from '../yaml/parse-yaml.js'
import type { YamlNode } from '../yaml/tree.js'
import { alertSettingsOf } from './alert-settings.js'
import { type Config, type ConnectionFields, configShape } from './config-fields.js'
import { configDiagnostic } from './diagnostics.js'
import { expandVariables } from './environment.js'

/** The project's own settings, without its assets. */
export type Settings = Omit<Project, 'assets'>

/** Settings, and the names that are declared even where their declaration is faulty: one mistake, one message. */
export type ReadConfig = Readonly<{
  settings: Settings | null
  connections: ReadonlySet<string> | null
  vars: ReadonlySet<string> | null
}>

/** Where millrace.yaml stands in the messages. */
export const CONFIG_FILE = 'millrace.yaml'

const POSTGRES_URL = /^postgres(ql)?:\/\//i
/** Address of a database in the Postgres that Millrace itself starts. */
const EMBEDDED = 'embedded'

/**
 * Reads millrace.yaml. Faults of one field leave the others to be read. Addresses and secrets never appear in a message.
 */
export function readConfig(
  root: string,
  source: SourceText,
  env: Readonly<Record<string, string | undefined>>,
  report: Report,
): ReadConfig {
  const raw = parseYaml(source, 0, source.text, report)
  if (raw?.kind !== 'map') {
    if (raw) report(yamlDiagnostic('YAML_NOT_A_MAP', { where: 'This' }, raw.at))
    return { settings: null, connections: null, vars: null }
  }
  const config = configShape.read(expandVariables(raw, env, report), { path: '', report })
  return {
    settings: config === undefined ? null : settingsOf(root, config, report),
    connections: keysOf(raw, 'connections'),
    vars: keysOf(raw, 'vars'),
  }
}

function keysOf(node: YamlNode, field: string): Set<string> | null {
  if (node.kind !== 'map') return null
  const value = node.entries.find((entry) => entry.key === field)?.value
  return new Set(value?.kind === 'map' ? value.entries.map((entry) => entry.key) : [])
}

function settingsOf(root: string, config: Config, report: Report): Settings {
  const { warehouse = {} } = config
  return {
    name: config.name,
    root,
    home: join(root, '.millrace'),
    ...(config.tenant !== undefined && { tenant: config.tenant }),
    timezone: config.timezone ?? 'UTC',
    state: stateOf(config.state, report),
    warehouse: {
      kind: 'duckdb',
      path: inProject(root, warehouse.path ?? '.millrace/warehouse.duckdb'),
      ...(warehouse.memory_limit !== undefined && { memoryLimit: warehouse.memory_limit }),
      ...(warehouse.threads !== undefined && { threads: warehouse.threads }),
    },
    connections: connectionsOf(root, config.connections ?? [], report),
    vars: varsOf(config.vars ?? [], report),
    alerts: alertSettingsOf(config.alerts, report),
  }
}

function stateOf(state: Located<string> | undefined, report: Report): StateSpec {
  if (state === undefined || state.value === EMBEDDED) return { kind: 'embedded' }
  if (!isPostgresUrl(state.value)) report(configDiagnostic('STATE_UNKNOWN', undefined, state.at))
  return { kind: 'postgres', url: state.value }
}

function connectionsOf(
  root: string,
  declared: readonly Keyed<ConnectionFields>[],
  report: Report,
): Map<string, ConnectionSpec> {
  const connections = new Map<string, ConnectionSpec>()
  for (const entry of declared) {
    checkName('connection', entry, report)
    const spec = connectionOf(root, entry, report)
    if (spec) connections.set(entry.key, spec)
  }
  return connections
}

const CONNECTION_TYPES = ['postgres', 'files'] as const

function connectionOf(root: string, entry: Keyed<ConnectionFields>, report: Report): ConnectionSpec | null {
  const { type, url, path } = entry.value
  const name = entry.key
  const lacks = (field: string, example: string) => {
    report(fieldDiagnostic('FIELD_MISSING', { field, where: `"connections.${name}"`, example }, entry.keyAt))
    return null
  }
  const refuse = (field: Located<string> | undefined, other: string) => {
    if (field === undefined) return
    const place = { field: other, where: `the ${type.value} connection "${name}"`, hint: 'Remove it.' }
    report(fieldDiagnostic('FIELD_MISPLACED', place, field.at))
  }
  switch (type.value) {
    case 'postgres':
      refuse(path, 'path')
      if (url === undefined) return lacks('url', '"${APP_DATABASE_URL}"')
      if (url.value !== EMBEDDED && !isPostgresUrl(url.value) && !url.value.includes('${'))
        report(configDiagnostic('CONNECTION_URL', { connection: name }, url.at))
      return { kind: 'postgres', name, url: url.value }
    case 'files':
      refuse(url, 'url')
      return path === undefined
        ? lacks('path', './incoming')
        : { kind: 'files', name, path: inProject(root, path.value) }
    default:
      report(configDiagnostic('CONNECTION_TYPE', { type: type.value, known: CONNECTION_TYPES }, type.at))
      return null
  }
}

function varsOf(declared: readonly Keyed<string | number | boolean>[], report: Report): Record<string, Json> {
  for (const entry of declared) {
    checkName('var', entry, report)
    if (entry.key === 'start' || entry.key === 'end')
      report(configDiagnostic('VAR_RESERVED', { name: entry.key }, entry.keyAt))
  }
  return Object.fromEntries(declared.map(({ key, value }) => [key, value]))
}

function checkName(what: string, { key, keyAt }: Keyed<unknown>, report: Report): void {
  if (!NAME.test(key)) report(configDiagnostic('NAME_INVALID', { what, name: key }, keyAt))
}

const inProject = (root: string, path: string): string => (isAbsolute(path) ? path : resolve(root, path))

function isPostgresUrl(text: string): boolean {
  if (!POSTGRES_URL.test(text)) return false
  // An empty host means the local socket, which URL refuses for lack of a host only with a user.
  return URL.canParse(text) || URL.canParse(text.replace(/@\//, '@localhost/'))
}
