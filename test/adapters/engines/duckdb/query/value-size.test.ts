import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { valueSize } from '../../../../../src/adapters/engines/duckdb/query/value-size.js'

const LARGE: readonly string[] = [
  `repeat('x', 5000)`,
  `repeat('x', 5000)::blob`,
  `[repeat('x', 5000)]`,
  `[repeat('x', 5000)]::varchar[1]`,
  `range(1000)`,
  `[range(500), range(500)]`,
  `{ 'a': { 'b': range(1000) } }`,
  `map { 'a': range(1000) }`,
  `map { repeat('x', 5000): 1 }`,
  `union_value(k := repeat('x', 5000))`,
]
const SMALL: readonly string[] = [
  '1',
  'null::varchar',
  'null::varchar[]',
  `'abc'`,
  '[1, 2]',
  `{ 'a': null::varchar }`,
  'now()',
]

test('the size of a value of any kind is known before it is made', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const sizes = async (values: readonly string[]) => {
    // The second row: what lies before it in the vectors must not count.
    const result = await connection.stream(`select ${values.join(', ')} from range(2)`)
    const chunk = await result.fetchChunk()
    return values.map((_, at) => valueSize(chunk!.getColumnVector(at), 1, 1_000_000))
  }
  for (const [at, size] of (await sizes(LARGE)).entries()) {
    expect(size, LARGE[at]).toBeGreaterThanOrEqual(5000)
    expect(size, LARGE[at]).toBeLessThan(10_000)
  }
  for (const [at, size] of (await sizes(SMALL)).entries()) expect(size, SMALL[at]).toBeLessThan(50)
  instance.closeSync()
})
