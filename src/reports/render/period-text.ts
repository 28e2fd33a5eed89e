import { unreachable } from '../../base/errors.js'
import type { Period } from '../../domain/report.js'
import { pageWords } from './words.js'
import type { Writer } from './write-value.js'

/** `29 January – 4 February 2024`, or the one day. */
export const periodDates = ({ start, end }: Period, writer: Writer): string => writer.dateRange(start, end)

/** `week 5 of 2024`, `February 2024`. */
export function periodName(period: Period, writer: Writer): string {
  const [year = '', part = ''] = period.label.split(/-[WQ]?/)
  switch (period.unit) {
    case 'day':
      return writer.date(period.start)
    case 'week':
      return pageWords(writer.locale).week(Number(part), year)
    case 'month':
      return writer.parts(period.start, { month: 'long', year: 'numeric' })
    case 'quarter':
      return `Q${part} ${year}`
    case 'year':
      return year
    default:
      return unreachable(period.unit)
  }
}
