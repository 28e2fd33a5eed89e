/** A name as it is written, and as Postgres reads it without quotes; the same where it is in quotes. */
export type NamePart = Readonly<{ written: string; folded: string }>
export type TableName = Readonly<{ schema: NamePart | null; table: NamePart }>

const PART = String.raw`"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*`
const NAME = new RegExp(`^(?:(${PART})\\.)?(${PART})$`, 'u')

/** `schema.table` or `table`, each part plain or in double quotes; null for anything else. */
export function parseTableName(text: string): TableName | null {
  const [, schema, table] = NAME.exec(text) ?? []
  return table === undefined
    ? null
    : { schema: schema === undefined ? null : part(schema), table: part(table) }
}

function part(text: string): NamePart {
  if (text.startsWith('"')) {
    const written = text.slice(1, -1).replaceAll('""', '"')
    return { written, folded: written }
  }
  return { written: text, folded: text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) }
}
