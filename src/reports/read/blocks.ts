import type { Location } from '../../domain/diagnostic.js'
import type { Report as Told } from '../../project/diagnostics/report.js'
import type { SourceText } from '../../project/files/source-text.js'
import { child } from '../../project/shapes/composite-shape.js'
import type { Located, Shape } from '../../project/shapes/shape.js'
import { yamlDiagnostic } from '../../project/yaml/diagnostics.js'
import { parseYaml } from '../../project/yaml/parse-yaml.js'
import { reportDiagnostic } from '../diagnostics.js'
import type { Block, ChartBlock, NumbersBlock, TableBlock, TableColumn, TextTemplate } from '../report.js'
import type { Format } from '../value-format.js'
import { chartShape, numbersShape, TABLE_LIMIT, tableShape } from './block-shapes.js'
import type { Fence } from './fences.js'
import { readFormat, readTemplate } from './text-template.js'

export type BlockReading = Readonly<{ source: SourceText; queries: readonly string[]; report: Told }>

/** Reads a chart, a table or numbers. Null: it cannot be made sense of, and was reported. */
export function readBlock(fence: Fence, reading: BlockReading): Block | null {
  switch (fence.kind) {
    case 'chart':
      return readChart(fence, reading)
    case 'table':
      return readTable(fence, reading)
    case 'value':
      return readNumbers(fence, reading)
    case 'sql':
      return null
  }
}

function readChart(fence: Fence, reading: BlockReading): ChartBlock | null {
  const kind = fence.words
  const fields = readFields(fence, chartShape, reading)
  if (kind !== 'line' && kind !== 'bar') {
    reading.report(reportDiagnostic('REPORT_CHART_KIND', { name: kind }, fence.at))
    return null
  }
  if (fields === null || !isQuery(fields.data.value, fields.data.at, reading)) return null
  if (fields.series !== undefined && fields.y.length > 1) {
    reading.report(reportDiagnostic('REPORT_CHART_SERIES', undefined, fields.series.at))
    return null
  }
  return {
    kind: 'chart',
    chart: kind,
    query: fields.data.value,
    x: fields.x,
    y: fields.y,
    series: fields.series ?? null,
    title: template(fields.title, reading),
    caption: fields.caption === undefined ? null : template(fields.caption, reading),
    unit: fields.unit ?? '',
    format: formatOf(fields.format, reading),
    formatAt: fields.format?.at ?? null,
    at: fence.at,
  }
}

const USUAL_ROWS = 100

function readTable(fence: Fence, reading: BlockReading): TableBlock | null {
  const fields = readFields(fence, tableShape, reading, true)
  if (!namesQuery(fence, reading) || fields === null) return null
  const formats = new Map(
    (fields.formats ?? []).map(({ key, value }) => [key.toLowerCase(), formatOf(value, reading)]),
  )
  return {
    kind: 'table',
    query: fence.words,
    title: fields.title === undefined ? null : template(fields.title, reading),
    columns: tableColumns(fields.columns ?? [], formats, reading),
    limit: Math.min(fields.limit ?? USUAL_ROWS, TABLE_LIMIT),
    empty: fields.empty ?? null,
    at: fence.at,
  }
}

type WrittenColumns = NonNullable<ReturnType<typeof tableShape.read>>['columns']

function tableColumns(
  columns: NonNullable<WrittenColumns>,
  formats: ReadonlyMap<string, Format | null>,
  reading: BlockReading,
): TableColumn[] {
  return columns.map((written) => {
    const column = 'key' in written ? { value: written.key, at: written.keyAt } : written
    const own = 'key' in written ? formatOf(written.value.format, reading) : null
    const label = 'key' in written ? (written.value.label ?? null) : null
    return { column, label, format: own ?? formats.get(column.value.toLowerCase()) ?? null }
  })
}

const MANY_NUMBERS = 4

function readNumbers(fence: Fence, reading: BlockReading): NumbersBlock | null {
  const fields = readFields(fence, numbersShape, reading)
  if (!namesQuery(fence, reading) || fields === null) return null
  const { numbers } = fields
  if (numbers.length > MANY_NUMBERS)
    reading.report(reportDiagnostic('REPORT_NUMBERS_MANY', { count: numbers.length }, fence.at))
  return {
    kind: 'value',
    query: fence.words,
    numbers: numbers.map(({ value, label, format, previous, better }) => ({
      column: value,
      label,
      format: formatOf(format, reading),
      previous: previous ?? null,
      better: better ?? 'neither',
    })),
    at: fence.at,
  }
}

/** `optional`: an empty block says nothing, and that is fine. */
function readFields<T>(fence: Fence, shape: Shape<T>, reading: BlockReading, optional = false): T | null {
  const { source, report } = reading
  const node = parseYaml(source, fence.start, fence.text, report)
  if (node === null) return null
  const isEmpty = node.kind === 'scalar' && node.value === null
  const whole = isEmpty && optional ? ({ kind: 'map', entries: [], at: fence.at } as const) : node
  if (whole.kind === 'map') return shape.read(whole, child({ path: '', report }, '')) ?? null
  report(
    yamlDiagnostic('YAML_NOT_A_MAP', { where: `This ${fence.kind} block` }, isEmpty ? fence.at : node.at),
  )
  return null
}

function namesQuery(fence: Fence, reading: BlockReading): boolean {
  if (fence.words !== '') return isQuery(fence.words, fence.at, reading)
  reading.report(reportDiagnostic('REPORT_DATA_MISSING', { kind: fence.kind }, fence.at))
  return false
}

function isQuery(name: string, at: Location, { queries, report }: BlockReading): boolean {
  if (queries.includes(name)) return true
  report(reportDiagnostic('REPORT_QUERY_UNKNOWN', { name, known: queries }, at))
  return false
}

/** Values in YAML texts are all reported at the text's beginning: quotes and folds move what stands inside. */
const template = ({ value, at }: Located<string>, { report }: BlockReading): TextTemplate =>
  readTemplate(value, { report, at: () => at })

const formatOf = (format: Located<string> | undefined, { report }: BlockReading): Format | null =>
  format === undefined ? null : (readFormat(format.value, format.at, report) ?? null)
