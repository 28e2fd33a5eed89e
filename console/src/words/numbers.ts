const GROUPED = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** "4,812". Every digit: for counts a reader may compare. */
export const exact = (value: number): string => GROUPED.format(value)

/** "2.1 M", "48 k", "812": a sense of size in three digits. */
export function short(value: number): string {
  const size = Math.abs(value)
  if (size >= 999_500_000) return `${digits(value / 1e9)} G`
  if (size >= 999_500) return `${digits(value / 1e6)} M`
  if (size >= 10_000) return `${digits(value / 1e3)} k`
  return Number.isInteger(value) ? exact(value) : digits(value)
}

/** Three digits that say something: 2.14, 21.4, 214; no zeros at the end. */
function digits(value: number): string {
  const places = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2
  return String(Number(value.toFixed(places)))
}

/** "1 row", "2 rows", "4,812 rows". */
export const count = (value: number, one: string, many: string = `${one}s`): string =>
  `${value >= 10_000 ? short(value) : exact(value)} ${value === 1 ? one : many}`

/** "0.6 %", "31 %"; never 0 % of something that is there, nor 100 % of what is not whole. */
export function percent(fraction: number): string {
  const value = fraction * 100
  if (value > 0 && value < 0.1) return '<0.1 %'
  if (value < 100 && value > 99.9) return '>99.9 %'
  return `${Number(value.toFixed(value < 10 ? 1 : 0))} %`
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** "1.4 MB". */
export function bytes(value: number): string {
  let size = value
  let unit = 0
  while (size >= 999.5 && unit < SIZES.length - 1) {
    size /= 1000
    unit++
  }
  return `${digits(size)} ${SIZES[unit]}`
}
