import { Unfit, wanted } from './unfit.js'

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i

/** The value times 10^scale. What has more decimals than the column is not rounded but refused. */
export function fitDecimal(value: unknown, width: number, scale: number): bigint {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value
  const found = typeof text === 'string' ? DECIMAL.exec(text) : null
  if (!found) throw new Unfit(wanted('a number, or a decimal as text,', value))
  const [, sign, whole, fraction = '', exponent = '0'] = found
  const zeros = scale + Number(exponent) - fraction.length
  const digits = `${whole}${fraction}`
  const kept = zeros >= 0 ? digits + '0'.repeat(zeros) : digits.slice(0, zeros)
  const cut = zeros >= 0 ? '' : digits.slice(zeros)
  if (/[1-9]/.test(cut)) throw new Unfit(wanted(`a number with at most ${scale} decimals`, value))
  const scaled = BigInt(kept || '0')
  if (scaled >= 10n ** BigInt(width))
    throw new Unfit(wanted(`a number that fits DECIMAL(${width},${scale})`, value))
  return sign === '-' ? -scaled : scaled
}
