import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { physicalName } from '../../../src/adapters/engines/physical-name.js'
import type { Column } from '../../../src/domain/column.js'
import { batches, batchOf, columns } from '../rows.js'
import { type Bench, never } from './bench.js'

export function ingestingClaims(bench: Bench): void {
  const { releaseAll, changeOf, replace, read, failure, claim } = bench
  describe('ingests', () => {
    const LAYOUT = columns({
      id: 'BIGINT',
      name: 'VARCHAR',
      price: 'DECIMAL(10,2)',
      seen: 'TIMESTAMP WITH TIME ZONE',
      tags: 'INTEGER[]',
      extra: 'JSON',
    })

    claim('columns, text cast to each column’s type', async () => {
      const rows = [
        {
          id: 1,
          name: 'a',
          price: '1.50',
          seen: '2024-01-01 00:00:00+00',
          tags: '[1, 2]',
          extra: '{"a": 1}',
        },
        { id: null, name: null, price: null, seen: null, tags: null, extra: null },
      ]
      const layout = LAYOUT
      const text = layout.map((column) => ({
        ...column,
        type: column.name === 'id' ? 'BIGINT' : 'VARCHAR',
      }))
      const candidate = await bench.workspace.ingest(
        {
          asset: 'raw.a',
          relation: physicalName('raw.a', bench.run),
          columns: layout,
          payload: { kind: 'columns', batches: batches(batchOf(text, rows)), sent: () => 2 },
        },
        {},
        never(),
      )
      expect(candidate.columns).toEqual(layout)
      await releaseAll([changeOf('raw.a', candidate, replace(candidate))])
      expect(await read('select * from raw.a order by id nulls last')).toEqual([
        [1, 'a', '1.50', '2024-01-01T00:00:00Z', [1, 2], '{"a": 1}'],
        [null, null, null, null, null, null],
      ])
    })

    claim('and refuses when rows are lost on the way', async () => {
      const layout = columns({ id: 'INTEGER' })
      const error = await failure(
        bench.workspace.ingest(
          {
            asset: 'raw.a',
            relation: physicalName('raw.a', bench.run),
            columns: layout,
            payload: { kind: 'columns', batches: batches(batchOf(layout, [{ id: 1 }])), sent: () => 2 },
          },
          {},
          never(),
        ),
      )
      expect(error).toMatchObject({ code: 'ENGINE_ROWS_LOST', transient: true })
    })

    claim('and refuses values that do not fit', async () => {
      const layout = columns({ id: 'INTEGER' })
      const text = columns({ id: 'VARCHAR' })
      const error = await failure(
        bench.workspace.ingest(
          {
            asset: 'raw.a',
            relation: physicalName('raw.a', bench.run),
            columns: layout,
            payload: { kind: 'columns', batches: batches(batchOf(text, [{ id: 'x' }])), sent: () => 1 },
          },
          {},
          never(),
        ),
      )
      expect(error.code).toBe('ENGINE_INPUT_UNREADABLE')
      expect(error.message).toContain("'x'")
    })

    const files = (
      format: 'csv' | 'ndjson' | 'parquet',
      paths: readonly string[],
      layout?: readonly Column[],
      fileColumn?: string,
    ) =>
      bench.workspace.ingest(
        {
          asset: 'raw.a',
          relation: physicalName('raw.a', bench.run),
          ...(layout && { columns: layout }),
          payload: {
            kind: 'files',
            format,
            paths,
            options: {},
            ...(fileColumn && { fileColumn }),
            sent: () => null,
          },
        },
        {},
        never(),
      )

    claim('files, with the file each row came from', async () => {
      const csv = join(bench.folder, "it's a.csv")
      const ndjson = join(bench.folder, 'a.ndjson')
      await writeFile(csv, 'id,name\n1,a\n2,\n')
      await writeFile(ndjson, '{"id": 3, "name": "c"}\n')
      const one = await files('csv', [csv], columns({ name: 'VARCHAR', id: 'BIGINT' }), 'source_file')
      expect(one.columns).toEqual(columns({ name: 'VARCHAR', id: 'BIGINT', source_file: 'VARCHAR' }))
      expect(one.rows).toBe(2)
      const two = await files('ndjson', [ndjson])
      expect(two.columns).toEqual(columns({ id: 'BIGINT', name: 'VARCHAR' }))
    })

    claim('and names the file and line that cannot be read', async () => {
      const csv = join(bench.folder, 'bad.csv')
      await writeFile(csv, 'id,name\n1,a\nx,b\n')
      const error = await failure(files('csv', [csv], columns({ id: 'INTEGER', name: 'VARCHAR' })))
      expect(error.code).toBe('ENGINE_INPUT_UNREADABLE')
      expect(error.message).toContain('bad.csv')
      expect(error.message).toContain('Line: 3')
    })

    claim('no files as no rows', async () => {
      const candidate = await files('csv', [], columns({ id: 'INTEGER' }), 'file')
      expect(candidate).toMatchObject({ rows: 0, columns: columns({ id: 'INTEGER', file: 'VARCHAR' }) })
    })
  })
}
