import { decimalOf } from '../../../columns/column-kind.js'

/** Types of whole numbers other than BIGINT, which has a class of its own, and their bits. */
const WHOLE: Readonly<Record<string, { bits: bigint; isSigned: boolean }>> = {
  TINYINT: { bits: 8n, isSigned: true },
  SMALLINT: { bits: 16n, isSigned: true },
  INTEGER: { bits: 32n, isSigned: true },
  HUGEINT: { bits: 128n, isSigned: true },
  UTINYINT: { bits: 8n, isSigned: false },
  USMALLINT: { bits: 16n, isSigned: false },
  UINTEGER: { bits: 32n, isSigned: false },
  UBIGINT: { bits: 64n, isSigned: false },
  UHUGEINT: { bits: 128n, isSigned: false },
}

/**
 * A test for texts that `type` holds to the last digit; the engine would round a fraction without a word. Null for
 * types that are judged by the class of the text.
 */
export function exactNumber(type: string, decimalPoint: string): ((text: string) => boolean) | null {
  const decimal = decimalOf(type)
  if (decimal) return (text) => fitsDecimal(text.replace(decimalPoint, '.'), decimal)
  if (type === 'FLOAT') return (text) => fitsFloat(text.replace(decimalPoint, '.'))
  const whole = WHOLE[type]
  return whole ? (text) => fitsWhole(text, whole) : null
}

/** The nearest float will do, as long as it is not infinity. */
const fitsFloat = (text: string): boolean =>
  /^-?(nan|inf(inity)?)$/i.test(text) || (NUMBER.test(text) && Number.isFinite(Math.fround(Number(text))))

function fitsWhole(text: string, { bits, isSigned }: { bits: bigint; isSigned: boolean }): boolean {
  if (!/^-?(0|[1-9]\d*)$/.test(text)) return false
  const value = BigInt(text)
  return value === (isSigned ? BigInt.asIntN(Number(bits), value) : BigInt.asUintN(Number(bits), value))
}

const NUMBER = /^-?(0|[1-9]\d*|)(?:\.(\d*))?(?:e([+-]?\d+))?$/i

function fitsDecimal(text: string, { width, scale }: { width: number; scale: number }): boolean {
  const match = NUMBER.exec(text)
  const whole = match?.[1] ?? ''
  const digits = whole + (match?.[2] ?? '')
  if (!match || digits === '') return false
  const point = whole.length + Number(match[3] ?? 0)
  const significant = /[1-9]/.test(digits) ? digits.replace(/0+$/, '') : ''
  if (significant === '') return true
  const leading = /^0*/.exec(significant)![0].length
  return significant.length - point <= scale && point - leading <= width - scale
}
