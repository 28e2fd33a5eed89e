import { DOUBLE, type DuckDBConnection, DuckDBTableFunction } from '@duckdb/node-api'

let made = 0

/** Makes columns of numbers readable as a table function of DOUBLEs; returns its name. */
export function registerColumns(
  connection: DuckDBConnection,
  columns: Readonly<Record<string, readonly number[]>>,
): string {
  const names = Object.keys(columns)
  const values = names.map((name) => Float64Array.from(columns[name]!))
  const rows = values[0]?.length ?? 0
  const name = `columns_${++made}`
  let at = 0
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name,
      bindFunction: (bind) => {
        for (const column of names) bind.addResultColumn(column, DOUBLE)
      },
      initFunction: () => {
        at = 0
      },
      mainFunction: (_info, out) => {
        const count = Math.min(2048, rows - at)
        out.rowCount = count
        if (count === 0) return
        values.forEach((column, index) => {
          const vector = out.getColumnVector(index)
          // A vector of DOUBLE keeps its values in a Float64Array.
          const items = (vector as unknown as { items: Float64Array }).items
          items.set(column.subarray(at, at + count))
          vector.flush()
        })
        at += count
      },
    }),
  )
  return name
}

/** Writes columns of numbers as one Parquet file; `select` gives them their types. */
export async function writeTable(
  connection: DuckDBConnection,
  columns: Readonly<Record<string, readonly number[]>>,
  select: string,
  path: string,
): Promise<void> {
  const source = registerColumns(connection, columns)
  await connection.run(
    `copy (select ${select} from ${source}()) to '${path.replaceAll("'", "''")}' (format parquet, compression zstd)`,
  )
}
