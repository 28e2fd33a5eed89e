import { DOUBLE, type DuckDBConnection, DuckDBTableFunction } from '@duckdb/node-api'

let made = 0

/** Writes columns of numbers as one Parquet file; `select` gives them their types. */
export async function writeTable(
  connection: DuckDBConnection,
  columns: Readonly<Record<string, readonly number[]>>,
  select: string,
  path: string,
): Promise<void> {
  const names = Object.keys(columns)
  const values = names.map((name) => Float64Array.from(columns[name]!))
  const rows = values[0]?.length ?? 0
  const name = `truth_columns_${++made}`
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
  await connection.run(
    `copy (select ${select} from ${name}()) to '${path.replaceAll("'", "''")}' (format parquet, compression zstd)`,
  )
}
