/** An identifier as SQL text, whatever it holds. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const quoteNames = (names: readonly string[]): string => names.map(quoteName).join(', ')

/** `schema.table` as SQL text. */
export const quoteQualified = (name: string): string => name.split('.').map(quoteName).join('.')

/** A text as an SQL literal. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A text as a literal of Postgres, independent of its `standard_conforming_strings`. */
export function quotePostgresText(text: string): string {
  return text.includes('\\') ? ` E${quoteText(text.replaceAll('\\', '\\\\'))}` : quoteText(text)
}
