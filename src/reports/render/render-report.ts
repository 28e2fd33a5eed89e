import { unreachable } from '../../base/errors.js'
import type { Period } from '../../domain/report.js'
import { fillBody } from '../read/body.js'
import { isLocale } from '../read/locale.js'
import type { Block, Report, TextTemplate, Value } from '../report.js'
import { usualFormat } from '../value-format.js'
import { escapeHtml } from './escape-html.js'
import { figure } from './figure.js'
import { bigNumbers } from './numbers.js'
import { page } from './page.js'
import { periodDates, periodName } from './period-text.js'
import { firstValue, type Results, resultOf, saysNothing } from './results.js'
import { table } from './table.js'
import { pageWords } from './words.js'
import { type Writer, writerFor } from './write-value.js'

export type Rendering = Readonly<{
  report: Report
  /** Null for a report that is not made for each tenant. */
  tenant: string | null
  period: Period
  timezone: string
  results: Results
  /** First and last event time of the tenant's rows; null where there is none. */
  extent: Readonly<{ first: number; last: number }> | null
  /** Release whose rows it shows, and when its assets last changed. */
  release: number
  freshAt: number
  madeAt: number
  stamp: string
}>

export type Rendered = Readonly<{ html: string; noData: boolean }>

/** One tenant's page. The same input gives the same bytes. */
export function renderReport(rendering: Rendering): Rendered {
  const { report, period, timezone, results } = rendering
  const writer = writerFor(localeOf(report, results), timezone)
  const words = wordsOf(rendering, writer)
  const noData = saysNothing(report, results)
  const dates = periodDates(period, writer)
  const name =
    words.tenantName === ''
      ? ''
      : `${pageWords(writer.locale).for} <b>${escapeHtml(words.tenantName)}</b> <span>·</span> `
  const html = page({
    lang: writer.locale,
    stamp: rendering.stamp,
    title: words.text(report.title),
    from: escapeHtml(report.from),
    subject: `${name}<span>${escapeHtml(dates)}</span>`,
    body: noData ? `<p class="nothing">${words.nothing}</p>` : bodyOf(rendering, writer, words),
    footer: footerOf(rendering, writer),
  })
  return { html, noData }
}

function localeOf({ locale }: Report, results: Results): string {
  if (typeof locale === 'string') return locale
  const { value } = firstValue(results, locale)
  return typeof value === 'string' && isLocale(value) ? value : 'en'
}

type Words = Readonly<{
  tenantName: string
  value: (value: Value) => string
  text: (template: TextTemplate) => string
  /** Why there is nothing, as HTML. */
  nothing: string
}>

/** Everything that comes from rows is escaped here, once, on its way into the page. */
function wordsOf(rendering: Rendering, writer: Writer): Words {
  const { report, results, tenant } = rendering
  const named = report.tenantName && firstValue(results, report.tenantName)
  const tenantName = named?.value ? writer.value(named.value, named.type, { kind: 'text' }) : (tenant ?? '')
  const value = (each: Value): string => {
    switch (each.kind) {
      case 'column': {
        const { value: found, type } = firstValue(results, each)
        return escapeHtml(writer.value(found, type, each.format))
      }
      case 'period':
        return escapeHtml(periodValue(each, rendering, writer))
      case 'tenant':
        return escapeHtml(each.field === 'id' ? (tenant ?? '') : tenantName)
      default:
        return unreachable(each)
    }
  }
  const text = (template: TextTemplate) =>
    template.map((part) => (typeof part === 'string' ? escapeHtml(part) : value(part))).join('')
  return { tenantName, value, text, nothing: escapeHtml(nothingText(rendering, writer)) }
}

function periodValue(
  { field, format }: Extract<Value, { kind: 'period' }>,
  { period }: Rendering,
  writer: Writer,
): string {
  const instant = (at: number) =>
    writer.value(new Date(at).toISOString(), 'TIMESTAMP WITH TIME ZONE', format ?? usualFormat('DATE'))
  switch (field) {
    case 'label':
      return period.label
    case 'name':
      return periodName(period, writer)
    case 'dates':
      return periodDates(period, writer)
    case 'start':
      return instant(period.start)
    case 'end':
      // Its last day: what people mean by the end of a week.
      return instant(period.end - 1)
    case 'year':
      return period.label.slice(0, 4)
    default:
      return unreachable(field)
  }
}

function nothingText({ period, extent }: Rendering, writer: Writer): string {
  const words = pageWords(writer.locale)
  const reason = () => {
    if (extent === null) return words.nothingYet
    if (extent.last < period.start) return words.recordsEnd(writer.date(extent.last))
    if (extent.first >= period.end) return words.recordsBegin(writer.date(extent.first))
    return words.nothingThen
  }
  return `${words.noData(periodDates(period, writer))}: ${reason()}.`
}

function bodyOf(rendering: Rendering, writer: Writer, words: Words): string {
  const { report } = rendering
  return fillBody(report.html, {
    value: (index) => {
      const value = report.values[index]
      return value ? words.value(value) : ''
    },
    block: (index) => {
      const block = report.blocks[index]
      return block ? blockOf(block, index, rendering, writer, words) : ''
    },
  })
}

function blockOf(block: Block, number: number, rendering: Rendering, writer: Writer, words: Words): string {
  const { results, period } = rendering
  const text = (template: TextTemplate | null) => (template === null ? '' : words.text(template))
  switch (block.kind) {
    case 'chart':
      return figure(block, resultOf(results, block.query), {
        text: {
          title: text(block.title),
          caption: text(block.caption),
          nothing: escapeHtml(pageWords(writer.locale).nothingToDraw(periodDates(period, writer))),
        },
        number,
        slots: { period, writer },
      })
    case 'table':
      return table(block, resultOf(results, block.query), {
        writer,
        title: text(block.title),
        nothing: escapeHtml(pageWords(writer.locale).noRows),
      })
    case 'value':
      return bigNumbers(block, { results, writer, unit: period.unit })
    default:
      return unreachable(block)
  }
}

function footerOf({ period, timezone, release, freshAt, madeAt }: Rendering, writer: Writer): string[] {
  const words = pageWords(writer.locale)
  const [start, end] = [writer.instant(period.start), writer.instant(period.end)]
  const open = madeAt < period.end ? ` ${words.notOver}` : ''
  return [
    words.times({ label: period.label, start, end, timezone }) + open,
    words.made({ at: writer.instant(madeAt), release, fresh: writer.instant(freshAt) }),
  ].map(escapeHtml)
}
