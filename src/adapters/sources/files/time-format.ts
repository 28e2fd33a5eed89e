/** What each part of a `strptime` format matches. */
const PARTS: Readonly<Record<string, string>> = {
  d: '\\d{1,2}',
  m: '\\d{1,2}',
  '-d': '\\d{1,2}',
  '-m': '\\d{1,2}',
  Y: '\\d{4}',
  y: '\\d{2}',
  H: '\\d{1,2}',
  I: '\\d{1,2}',
  '-H': '\\d{1,2}',
  '-I': '\\d{1,2}',
  M: '\\d{1,2}',
  S: '\\d{1,2}',
  f: '\\d{1,9}',
  g: '\\d{1,3}',
  p: '[AaPp][Mm]',
  b: '[A-Za-z]{3}',
  B: '[A-Za-z]+',
  a: '[A-Za-z]{3}',
  A: '[A-Za-z]+',
  j: '\\d{1,3}',
  z: '[+-]\\d{2}(?::?\\d{2})?',
  Z: '[A-Za-z_/]+',
  T: '\\d{1,2}:\\d{1,2}:\\d{1,2}',
  '%': '%',
}

/** A pattern for texts of a `strptime` format; null where the format is not one. */
export function compileTimeFormat(format: string): RegExp | null {
  let pattern = ''
  let parts = 0
  for (let at = 0; at < format.length; at++) {
    if (format[at] !== '%') {
      pattern += format[at]!.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
      continue
    }
    const name = format[at + 1] === '-' ? format.slice(at + 1, at + 3) : (format[at + 1] ?? '')
    const part = PARTS[name]
    if (part === undefined) return null
    pattern += part
    parts++
    at += name.length
  }
  return parts === 0 ? null : new RegExp(`^${pattern}$`)
}
