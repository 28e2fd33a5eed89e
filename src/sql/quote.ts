/** An identifier as SQL text, whatever it holds. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** `schema.table` as SQL text. */
export const quoteQualified = (name: string): string => name.split('.').map(quoteName).join('.')

/** A text as an SQL literal. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`
