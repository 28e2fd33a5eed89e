import {
  DuckDBArrayType,
  type DuckDBConnection,
  DuckDBListType,
  DuckDBMapType,
  type DuckDBPreparedStatement,
  DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUnionType,
} from '@duckdb/node-api'
import type { Column } from '../../../../domain/column.js'
import { quoteName } from '../../../../sql/quote.js'

/** DuckDB's spelling of a type. JSON is a VARCHAR with a label; a bare NULL becomes INTEGER in a table. */
export function typeName(type: DuckDBType): string {
  if (type.alias === 'JSON') return 'JSON'
  if (type.typeId === DuckDBTypeId.SQLNULL) return 'INTEGER'
  if (type instanceof DuckDBListType) return `${typeName(type.valueType)}[]`
  if (type instanceof DuckDBArrayType) return `${typeName(type.valueType)}[${type.length}]`
  if (type instanceof DuckDBMapType) return `MAP(${typeName(type.keyType)}, ${typeName(type.valueType)})`
  if (type instanceof DuckDBStructType) return `STRUCT(${fields(type.entryNames, type.entryTypes)})`
  if (type instanceof DuckDBUnionType) return `UNION(${fields(type.memberTags, type.memberTypes)})`
  return type.toString()
}

const fields = (names: readonly string[], types: readonly DuckDBType[]): string =>
  types.map((type, index) => `${quoteName(names[index] ?? '')} ${typeName(type)}`).join(', ')

/** Columns named as `create table as` names them: later twins get `_1`, `_2`, letter case ignored. */
export function uniqueColumns(columns: readonly Column[]): Column[] {
  const seen = new Map<string, number>()
  return columns.map(({ name, type }) => ({ name: unique(name, seen), type }))
}

function unique(name: string, seen: Map<string, number>): string {
  let candidate = name
  for (;;) {
    const count = seen.get(candidate.toLowerCase())
    if (count === undefined) break
    seen.set(candidate.toLowerCase(), count + 1)
    candidate = `${candidate}_${count}`
  }
  seen.set(candidate.toLowerCase(), 1)
  return candidate
}

const preparedColumns = (statement: DuckDBPreparedStatement): Column[] =>
  Array.from({ length: statement.columnCount }, (_, index) => ({
    name: statement.columnName(index),
    type: typeName(statement.columnType(index)),
  }))

/** Columns of a query, found without running it. */
export async function describe(connection: DuckDBConnection, sql: string): Promise<Column[]> {
  const statement = await connection.prepare(sql)
  try {
    return uniqueColumns(preparedColumns(statement))
  } finally {
    statement.destroySync()
  }
}
