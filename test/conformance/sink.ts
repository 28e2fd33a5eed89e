import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeliverRequest, Sink, TableDelivery } from '../../src/adapters/sinks/sink.js'
import type { Column } from '../../src/domain/column.js'
import { batches, type Row } from './rows-as-columns.js'

/** One target to deliver to, and how to look at it from outside. */
export interface SinkWorld {
  open(owner: { project: string; environment: string }): Sink
  /** A target of that name, as an asset's header would say it. */
  target(name: string): string
  /** Rows of a target, ordered by its first column. */
  rows(target: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Takes the target away by hand. */
  remove(target: string): Promise<void>
  close(): Promise<void>
}

export const OWNER = { project: 'washrooms', environment: 'prod' }

export const COLUMNS: readonly Column[] = [
  { name: 'id', type: 'INTEGER' },
  { name: 'name', type: 'VARCHAR' },
  { name: 'level', type: 'DOUBLE' },
]

export type TableSpec = Partial<
  Pick<TableDelivery, 'mode' | 'adopt' | 'key' | 'columns' | 'delivery' | 'asset' | 'writeParquet'>
> & { target: string; rows?: readonly Row[]; gone?: readonly Row[] }

export function tableDelivery(spec: TableSpec): TableDelivery {
  const { target, rows = [], gone = [], columns = COLUMNS, key = ['id'] } = spec
  const keyColumns = key.flatMap((name) => columns.find((column) => column.name === name) ?? [])
  return {
    delivery: spec.delivery ?? `marts.levels>app:${target}`,
    target,
    asset: spec.asset ?? 'marts.levels',
    columns,
    key,
    mode: spec.mode ?? 'all',
    adopt: spec.adopt ?? false,
    upserts: () => batches(columns, rows),
    deletes: () => batches(keyColumns, gone),
    writeParquet: spec.writeParquet ?? ((path) => writeParquet(path, columns, rows)),
  }
}

export function delivery(
  release: number,
  tables: readonly TableSpec[],
  owner: Partial<DeliverRequest> = {},
): DeliverRequest {
  const at = Date.UTC(2024, 0, 1) + release * 60_000
  return { ...OWNER, release, at, tables: tables.map(tableDelivery), ...owner }
}

async function writeParquet(path: string, columns: readonly Column[], rows: readonly Row[]) {
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  const types = columns.map(({ name, type }) => `"${name}" ${type}`).join(', ')
  await connection.run(`create table rows (${types})`)
  for (const row of rows)
    await connection.run(
      `insert into rows values (${row.map((value) => JSON.stringify(value)?.replaceAll('"', "'")).join(', ')})`,
    )
  await connection.run(`copy rows to '${path.replaceAll("'", "''")}' (format parquet)`)
  connection.closeSync()
  return { rows: rows.length, bytes: 1 }
}

const never = new AbortController().signal

/** What every sink promises. `skip` names tests that cannot hold for it, each with the reason. */
export function sinkConformance(
  name: string,
  openWorld: () => Promise<SinkWorld>,
  options: { skip?: Readonly<Record<string, string>> } = {},
): void {
  describe(`${name} as a sink`, () => {
    let world: SinkWorld
    let sink: Sink
    beforeAll(async () => {
      world = await openWorld()
      sink = world.open(OWNER)
    })
    afterAll(async () => {
      await sink?.close()
      await world?.close()
    })

    const promise = (title: string, body: () => Promise<void>) => {
      const reason = options.skip?.[title]
      test.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (${reason})`, body)
    }

    promise('knows of nothing before the first delivery', async () => {
      expect(await sink.ledger(never)).toEqual([])
    })

    promise('makes the target at the first delivery and writes every row', async () => {
      const target = world.target('first')
      const rows = [
        [1, 'soap', 0.5],
        [2, 'paper', null],
        [3, null, 1.25],
      ]
      const outcomes = await sink.deliver(delivery(1, [{ target, rows }]), never)
      expect(outcomes).toEqual([
        { delivery: `marts.levels>app:${target}`, inserted: 3, updated: 0, deleted: 0 },
      ])
      expect(await world.rows(target)).toEqual([
        { id: 1, name: 'soap', level: 0.5 },
        { id: 2, name: 'paper', level: null },
        { id: 3, name: null, level: 1.25 },
      ])
    })

    promise('notes the release in its ledger, per project and environment', async () => {
      const target = world.target('noted')
      await sink.deliver(delivery(7, [{ target, rows: [[1, 'soap', 1]] }]), never)
      const own = (await sink.ledger(never)).filter((entry) => entry.target === target)
      expect(own).toEqual([{ delivery: `marts.levels>app:${target}`, target, release: 7 }])
      const other = world.open({ ...OWNER, environment: 'dev_ana' })
      expect((await other.ledger(never)).filter((entry) => entry.target === target)).toEqual([])
      await other.close()
    })

    promise('shows exactly the rows of the next release', async () => {
      const target = world.target('next')
      await sink.deliver(
        delivery(1, [
          {
            target,
            rows: [
              [1, 'a', 1],
              [2, 'b', 2],
              [3, 'c', 3],
            ],
          },
        ]),
        never,
      )
      await sink.deliver(
        delivery(2, [
          {
            target,
            rows: [
              [1, 'a', 1],
              [2, 'B', 2],
              [4, 'd', 4],
            ],
          },
        ]),
        never,
      )
      expect(await world.rows(target)).toEqual([
        { id: 1, name: 'a', level: 1 },
        { id: 2, name: 'B', level: 2 },
        { id: 4, name: 'd', level: 4 },
      ])
    })

    promise('does nothing for a release it has delivered', async () => {
      const target = world.target('again')
      await sink.deliver(delivery(1, [{ target, rows: [[1, 'a', 1]] }]), never)
      await sink.deliver(delivery(2, [{ target, rows: [[1, 'b', 1]], mode: 'changes' }]), never)
      for (const release of [2, 1]) {
        const spec = { target, rows: [[1, 'not this', 1]], mode: 'changes' as const }
        const [outcome] = await sink.deliver(delivery(release, [spec]), never)
        expect(outcome).toMatchObject({ inserted: 0, updated: 0, deleted: 0 })
      }
      expect(await world.rows(target)).toEqual([{ id: 1, name: 'b', level: 1 }])
    })

    promise('delivers again where a warehouse begun anew counts from one', async () => {
      const target = world.target('anew')
      await sink.deliver(delivery(9, [{ target, rows: [[1, 'a', 1]] }]), never)
      const later = { at: Date.UTC(2025, 0, 1) }
      await sink.deliver(delivery(1, [{ target, rows: [[1, 'b', 1]] }], later), never)
      expect(await world.rows(target)).toEqual([{ id: 1, name: 'b', level: 1 }])
    })

    promise('delivers all tables or none', async () => {
      const [good, bad] = [world.target('good'), world.target('bad')]
      await sink.deliver(
        delivery(1, [
          { target: good, rows: [[1, 'a', 1]] },
          { target: bad, rows: [[1, 'a', 1]] },
        ]),
        never,
      )
      const broken = tableDelivery({ target: bad })
      const failing: TableDelivery = {
        ...broken,
        // biome-ignore lint/correctness/useYield: fails before its first batch
        upserts: async function* () {
          throw new Error('the engine is gone')
        },
        writeParquet: () => Promise.reject(new Error('the engine is gone')),
      }
      const request = delivery(2, [{ target: good, rows: [[1, 'b', 2]] }])
      await expect(sink.deliver({ ...request, tables: [...request.tables, failing] }, never)).rejects.toThrow(
        'the engine is gone',
      )
      expect(await world.rows(good)).toEqual([{ id: 1, name: 'a', level: 1 }])
      const releases = (await sink.ledger(never)).filter(({ target }) => [good, bad].includes(target))
      expect(releases.map(({ release }) => release)).toEqual([1, 1])
      // And the sink works on.
      await sink.deliver(delivery(2, [{ target: good, rows: [[1, 'b', 2]] }]), never)
      expect(await world.rows(good)).toEqual([{ id: 1, name: 'b', level: 2 }])
    })

    promise('forgets a target that was taken away, so that all rows are asked for', async () => {
      const target = world.target('gone')
      await sink.deliver(delivery(1, [{ target, rows: [[1, 'a', 1]] }]), never)
      await world.remove(target)
      expect((await sink.ledger(never)).filter((entry) => entry.target === target)).toEqual([])
      await sink.deliver(delivery(1, [{ target, rows: [[1, 'a', 1]] }]), never)
      expect(await world.rows(target)).toHaveLength(1)
    })

    promise('stops with the reason of the abort and leaves nothing behind', async () => {
      const target = world.target('aborted')
      await sink.deliver(delivery(1, [{ target, rows: [[1, 'a', 1]] }]), never)
      const stop = new AbortController()
      const slow = tableDelivery({ target, rows: [[1, 'b', 1]] })
      const hanging: TableDelivery = {
        ...slow,
        upserts: async function* (signal) {
          yield* slow.upserts(signal)
          stop.abort(new Error('enough'))
          await new Promise(() => {})
        },
        writeParquet: async () => {
          stop.abort(new Error('enough'))
          throw stop.signal.reason
        },
      }
      await expect(sink.deliver({ ...delivery(2, []), tables: [hanging] }, stop.signal)).rejects.toThrow(
        'enough',
      )
      expect(await world.rows(target)).toEqual([{ id: 1, name: 'a', level: 1 }])
      await sink.deliver(delivery(2, [{ target, rows: [[1, 'b', 1]] }]), never)
      expect(await world.rows(target)).toEqual([{ id: 1, name: 'b', level: 1 }])
    })

    promise('writes exactly the changes, by key', async () => {
      const target = world.target('changes')
      await sink.deliver(
        delivery(1, [
          {
            target,
            rows: [
              [1, 'a', 1],
              [2, 'b', 2],
              [3, 'c', 3],
            ],
          },
        ]),
        never,
      )
      const changes = {
        target,
        mode: 'changes' as const,
        rows: [
          [1, 'a', 1],
          [2, 'B', 2],
          [4, 'd', 4],
        ],
        gone: [[3], [99]],
      }
      const [outcome] = await sink.deliver(delivery(2, [changes]), never)
      expect(outcome).toMatchObject({ inserted: 1, updated: 1, deleted: 1 })
      expect(await world.rows(target)).toEqual([
        { id: 1, name: 'a', level: 1 },
        { id: 2, name: 'B', level: 2 },
        { id: 4, name: 'd', level: 4 },
      ])
    })
  })
}
