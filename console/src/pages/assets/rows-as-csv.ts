/**
 * Rows as CSV (RFC 4180, lines end in CRLF) with a line of names: NULL is nothing, an empty text is `""`, objects and
 * arrays are JSON. A text that a spreadsheet would take for a formula is led by an apostrophe; numbers are not.
 */
export function rowsAsCsv(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return [columns.map(field).join(','), ...rows.map((row) => row.map(field).join(','))]
    .map((line) => `${line}\r\n`)
    .join('')
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

function field(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return safe === '' || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
