/** A name as Postgres reads it back letter by letter, whatever it is made of. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Text as a literal, independent of `standard_conforming_strings`. */
export function quoteText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
  return quoted.includes('\\') ? ` E${quoted}` : quoted
}

export const quoteNames = (names: readonly string[]): string => names.map(quoteName).join(', ')
