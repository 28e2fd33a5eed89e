const UNIT_MONTHS: Readonly<Record<string, number>> = { year: 12, month: 1 }

/** Encodes the engine's text of an interval, `1 year 2 months -3 days 04:05:06.789`, as Postgres' 16 bytes. */
export function encodeInterval(text: string): Uint8Array {
  let months = 0
  let days = 0
  let micros = 0n
  const rest = text
    .replace(/(-?\d+) (year|month|day)s?/g, (_all, count: string, unit: string) => {
      if (unit === 'day') days += Number(count)
      else months += Number(count) * (UNIT_MONTHS[unit] as number)
      return ''
    })
    .replace(/(-?)(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?/, (_all, sign, hours, minutes, seconds, fraction) => {
      const whole = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)
      micros = whole * 1_000_000n + BigInt(String(fraction ?? '').padEnd(6, '0'))
      if (sign === '-') micros = -micros
      return ''
    })
  if (rest.trim() !== '' || text.trim() === '') throw new RangeError(`${JSON.stringify(text)} is no interval`)
  const out = new DataView(new ArrayBuffer(16))
  out.setBigInt64(0, micros)
  out.setInt32(8, days)
  out.setInt32(12, months)
  return new Uint8Array(out.buffer)
}

/** Decodes the interval at `at` into a text the engine reads; null where it is infinite, which the engine does not know. */
export function decodeInterval(view: DataView, at: number): string | null {
  const micros = view.getBigInt64(at)
  const days = view.getInt32(at + 8)
  const months = view.getInt32(at + 12)
  if (Math.abs(months) >= 0x7fffffff) return null
  const size = micros < 0n ? -micros : micros
  const two = (value: bigint) => String(value).padStart(2, '0')
  const clock = `${two(size / 3_600_000_000n)}:${two((size / 60_000_000n) % 60n)}:${two((size / 1_000_000n) % 60n)}`
  const fraction = String(size % 1_000_000n).padStart(6, '0')
  return `${months} months ${days} days ${micros < 0n ? '-' : ''}${clock}.${fraction}`
}
