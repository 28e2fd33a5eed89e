import type { DuckDBConnection } from '@duckdb/node-api'

const RELATIONS_AT_ONCE = 200

/** Rows of quoted relations, in their order. */
export async function countRows(
  connection: DuckDBConnection,
  relations: readonly string[],
): Promise<readonly number[]> {
  const counts: number[] = []
  for (let at = 0; at < relations.length; at += RELATIONS_AT_ONCE) {
    const some = relations.slice(at, at + RELATIONS_AT_ONCE)
    const selects = some.map((relation) => `(select count(*) from ${relation})::DOUBLE`)
    const [row] = (await connection.runAndReadAll(`select ${selects.join(', ')}`)).getRows()
    counts.push(...(row ?? []).map(Number))
  }
  return counts
}
