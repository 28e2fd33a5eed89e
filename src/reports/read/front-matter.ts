import { PERIOD_UNITS, type PeriodUnit } from '../../domain/report.js'
import type { Report as Told } from '../../project/diagnostics/report.js'
import { locate, type SourceText } from '../../project/files/source-text.js'
import { cronPattern } from '../../project/headers/schedule-shape.js'
import { list, object, optional, required } from '../../project/shapes/composite-shape.js'
import { choice, type Located, located, text } from '../../project/shapes/shape.js'
import { yamlDiagnostic } from '../../project/yaml/diagnostics.js'
import { parseYaml } from '../../project/yaml/parse-yaml.js'
import { reportDiagnostic } from '../diagnostics.js'

export const FRONT_MATTER_FIELDS = {
  title: required(located(text('text', 'Your washrooms')), 'The report’s title; {{ values }} are put in.'),
  for_each: optional(
    located(choice(['tenant'] as const)),
    'One report for each tenant, of that tenant’s rows.',
  ),
  period: required(choice(PERIOD_UNITS), 'What span of time a report is about.'),
  schedule: optional(cronPattern, 'When it is made by itself, in the project’s time zone.'),
  locale: optional(
    located(text('a language', 'en-IE')),
    'How numbers and dates are written; or a value of each tenant: customer.locale.',
    'en',
  ),
  tenant_name: optional(
    located(text('a value', 'customer.name')),
    'What the tenant is called: a query and its column.',
    'the id',
  ),
  from: optional(text('text', 'Clean Rooms Ltd'), 'Who sends the report; stands above its title.'),
  shared: optional(
    list(located(text('an asset', 'raw.kinds')), { single: true }),
    'Assets without the tenant column of which everybody may see every row.',
    'none',
  ),
} as const

const shape = object(FRONT_MATTER_FIELDS, {
  what: 'the front matter',
  example: 'title: Your washrooms',
  misplaced: {
    tenant: 'Write for_each: tenant.',
    timezone: 'The time zone is the project’s: timezone: in millrace.yaml.',
    name: 'Remove it: the name comes from the path.',
  },
})

export type FrontMatter = Readonly<{
  title: Located<string>
  for_each?: Located<'tenant'>
  period: PeriodUnit
  schedule?: string
  locale?: Located<string>
  tenant_name?: Located<string>
  from?: string
  shared?: readonly Located<string>[]
}>

/** The front matter, and where the body begins. `fields` is null where it could not be read, and was reported. */
export function readFrontMatter(
  source: SourceText,
  report: Told,
): Readonly<{ fields: FrontMatter | null; body: number }> {
  const opening = /^---[ \t]*(?:\r\n|\n|\r)/.exec(source.text)
  if (opening === null) {
    report(reportDiagnostic('REPORT_FRONT_MATTER_MISSING', undefined, locate(source, 0)))
    return { fields: null, body: 0 }
  }
  const start = opening[0].length
  const rest = source.text.slice(start)
  const closing = /^---[ \t]*(?:\r\n|\n|\r|$)/m.exec(rest)
  if (closing === null) {
    report(reportDiagnostic('REPORT_FRONT_MATTER_OPEN', undefined, locate(source, 0)))
    return { fields: null, body: source.text.length }
  }
  const node = parseYaml(source, start, rest.slice(0, closing.index), report)
  const body = start + closing.index + closing[0].length
  if (node === null) return { fields: null, body }
  if (node.kind !== 'map') {
    report(yamlDiagnostic('YAML_NOT_A_MAP', { where: 'The front matter' }, node.at))
    return { fields: null, body }
  }
  return { fields: shape.read(node, { path: '', report }) ?? null, body }
}
