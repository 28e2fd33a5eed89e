/** How a value is written. Digits: places after the point; null as many as the value's size deserves. */
export type Format =
  | Readonly<{ kind: 'text' }>
  /** `change`: a number with its sign. */
  | Readonly<{ kind: 'number' | 'change'; digits: number | null }>
  /** Of a ratio: 0.12 is 12 %. `percent_change`: with its sign. */
  | Readonly<{ kind: 'percent' | 'percent_change'; digits: number | null }>
  | Readonly<{ kind: 'currency'; currency: string }>
  /** Of a number of `unit`s. */
  | Readonly<{ kind: 'duration'; unit: DurationUnit }>
  | Readonly<{ kind: TimeFormat }>

export type TimeFormat = 'date' | 'datetime' | 'time' | 'weekday' | 'month'
export type DurationUnit = 'ms' | 's' | 'min' | 'h'

const TIME_FORMATS: readonly TimeFormat[] = ['date', 'datetime', 'time', 'weekday', 'month']
const NUMBER_FORMATS = ['number', 'change', 'percent', 'percent_change'] as const
const DURATION_UNITS: readonly DurationUnit[] = ['ms', 's', 'min', 'h']

export const FORMAT_NAMES: readonly string[] = [
  ...['text', ...NUMBER_FORMATS, 'currency', 'duration'],
  ...TIME_FORMATS,
]

/** What is wrong with a format, in words, where `parseFormat` gives no format. */
export type FormatFault = Readonly<{ detail: string; hint: string | null }>

/** `number`, `number:1`, `currency:EUR`, `duration:min`, `date` … */
export function parseFormat(text: string): Format | FormatFault {
  const [, name = '', argument] = /^\s*([^:]*?)\s*(?::\s*(.*?)\s*)?$/.exec(text) ?? []
  const number = NUMBER_FORMATS.find((kind) => kind === name)
  if (number !== undefined) return withDigits(number, argument)
  if (name === 'currency') return withCurrency(argument)
  if (name === 'duration') return withUnit(argument)
  const time = TIME_FORMATS.find((kind) => kind === name)
  if (time === undefined && name !== 'text') return { detail: `"${name}" is no format`, hint: null }
  if (argument !== undefined) return { detail: `${name} takes nothing after a colon`, hint: `Write ${name}.` }
  return { kind: time ?? 'text' }
}

export const isFormat = (parsed: Format | FormatFault): parsed is Format => 'kind' in parsed

function withDigits(kind: (typeof NUMBER_FORMATS)[number], argument: string | undefined) {
  if (argument === undefined) return { kind, digits: null }
  if (/^[0-9]$/.test(argument)) return { kind, digits: Number(argument) }
  return { detail: `"${argument}" is no count of digits`, hint: `For example ${kind}:1.` }
}

function withCurrency(argument: string | undefined): Format | FormatFault {
  if (argument !== undefined && /^[A-Z]{3}$/.test(argument)) return { kind: 'currency', currency: argument }
  return { detail: 'a currency needs its three letters', hint: 'For example currency:EUR.' }
}

function withUnit(argument: string | undefined): Format | FormatFault {
  const unit = DURATION_UNITS.find((known) => known === (argument ?? 's'))
  return unit === undefined
    ? { detail: `"${argument}" is no unit of time`, hint: `Use ${DURATION_UNITS.join(', ')}: duration:min.` }
    : { kind: 'duration', unit }
}

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BIGNUM)$/
const TEMPORAL = /^(DATE|TIMESTAMP.*)$/

export const isNumeric = (type: string): boolean => NUMERIC.test(type)
export const isTemporal = (type: string): boolean => TEMPORAL.test(type)

/** Whether values of a column can be written so. */
export function fits(format: Format, type: string): boolean {
  switch (format.kind) {
    case 'text':
      return true
    case 'number':
    case 'change':
    case 'percent':
    case 'percent_change':
    case 'currency':
    case 'duration':
      return isNumeric(type)
    case 'time':
    case 'datetime':
      return isTemporal(type) && type !== 'DATE'
    case 'date':
    case 'weekday':
    case 'month':
      return isTemporal(type)
  }
}

/** How a column is written where nobody said how. */
export function usualFormat(type: string): Format {
  if (isNumeric(type)) return { kind: 'number', digits: null }
  if (type === 'DATE') return { kind: 'date' }
  return isTemporal(type) ? { kind: 'datetime' } : { kind: 'text' }
}
