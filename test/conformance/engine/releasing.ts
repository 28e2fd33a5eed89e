import { describe, expect } from 'vitest'
import type { Candidate } from '../../../src/adapters/engines/engine.js'
import { columns } from '../rows.js'
import { type Bench, never } from './bench.js'

export function releasingClaims(bench: Bench): void {
  const { build, releaseAll, changeOf, replace, publish, read, failure, nextRun, claim } = bench
  describe('releases', () => {
    claim('candidates together, with a numbered entry in the ledger', async () => {
      const a = await build('staging.a', 'select 1 as id')
      const b = await build('marts.b', 'select 2 as id union all select 3')
      const outcome = await releaseAll([
        changeOf('staging.a', a, replace(a)),
        changeOf('marts.b', b, replace(b)),
      ])
      expect(outcome.relations).toEqual([
        { asset: 'staging.a', relation: a.relation, rows: 1 },
        { asset: 'marts.b', relation: b.relation, rows: 2 },
      ])
      expect(await bench.engine.ledger()).toEqual([
        { release: 1, run: 1, environment: 'prod', at: 1001, relations: outcome.relations },
      ])
      expect(await read('select count(*) from marts.b')).toEqual([[2]])
    })

    claim('all or nothing', async () => {
      const old = await publish('staging.a', 'select 1 as id')
      const fresh = await build('staging.a', 'select 2 as id')
      const missing: Candidate = { ...fresh, relation: 'marts__b__99' }
      await failure(
        releaseAll([
          changeOf('staging.a', fresh, replace(fresh, old.relation)),
          changeOf('marts.b', missing, replace(missing)),
        ]),
      )
      expect(await read('select id from staging.a')).toEqual([[1]])
      expect(await bench.engine.ledger()).toHaveLength(1)
    })

    claim('into a copy of rows that another run reads as they are, which go when it is done', async () => {
      const old = await publish('staging.a', 'select 1 as id, 10 as n')
      const reader = await bench.engine.openWorkspace(77)
      await reader.define('staging.a', { kind: 'relation', relation: old.relation, columns: old.columns })
      const run = ++bench.run
      expect(bench.engine.isRead(old.relation, run)).toBe(true)
      expect(bench.engine.isRead(old.relation, 77)).toBe(false)
      const fresh = await build('staging.a', 'select 1 as id, 11 as n union all select 2, 20')
      const merge = {
        kind: 'merge' as const,
        candidate: fresh.relation,
        live: old.relation,
        key: ['id'],
        deletes: 'none' as const,
      }
      const outcome = await releaseAll([
        { ...changeOf('staging.a', fresh, merge), copyTo: 'staging__a__copy' },
      ])
      expect(outcome.relations).toEqual([{ asset: 'staging.a', relation: 'staging__a__copy', rows: 2 }])
      expect(await read('select n from staging.a order by id')).toEqual([[11], [20]])
      const scan = { names: {}, sql: 'select n from staging.a', parameters: {} }
      expect((await reader.scan(scan, never())).rows).toEqual([[10]])
      await bench.engine.sweep(new Set(['staging__a__copy']))
      expect((await reader.scan(scan, never())).rows).toEqual([[10]])
      await reader.close()
      expect(await bench.engine.sweep(new Set(['staging__a__copy']))).toBe(1)
      expect(await read('select n from staging.a order by id')).toEqual([[11], [20]])
    })

    claim('and keeps what was released when it opens again', async () => {
      await publish('staging.a', 'select 1 as id')
      await bench.workspace.close()
      await bench.engine.close()
      bench.engine = await bench.open(bench.folder)
      bench.workspace = await bench.engine.openWorkspace(++bench.run)
      expect(await read('select id from staging.a')).toEqual([[1]])
      expect(await bench.engine.ledger()).toHaveLength(1)
    })

    claim('a view as its statement, on released rows', async () => {
      await publish('staging.a', 'select 1 as id')
      const view = {
        asset: 'marts.v',
        columns: columns({ id: 'INTEGER', word: 'VARCHAR' }),
        change: {
          kind: 'view' as const,
          sql: 'select id, $word as word from staging.a;',
          parameters: { word: 'x' },
        },
        deliveries: [],
        quarantined: false,
      }
      const outcome = await releaseAll([view])
      expect(outcome.relations).toEqual([{ asset: 'marts.v', relation: 'marts.v', rows: null }])
      expect(await read('select * from marts.v')).toEqual([[1, 'x']])
    })

    claim('and retires what left the project', async () => {
      await publish('staging.a', 'select 1 as id')
      await releaseAll([], { retire: ['staging.a'] })
      await failure(read('select * from staging.a'))
    })

    claim('drops nothing that another run reads', async () => {
      const old = await publish('staging.a', 'select 1 as id')
      const other = await bench.engine.openWorkspace(77)
      await other.define('staging.a', { kind: 'relation', relation: old.relation, columns: old.columns })
      const fresh = await build('staging.a', 'select 2 as id')
      await releaseAll([changeOf('staging.a', fresh, replace(fresh, old.relation))])
      await bench.engine.sweep(new Set([fresh.relation]))
      const seen = await other.scan({ names: {}, sql: 'select id from staging.a', parameters: {} }, never())
      expect(seen.rows).toEqual([[1]])
      await other.close()
      expect(await bench.engine.sweep(new Set([fresh.relation]))).toBe(1)
    })

    claim('and sweeps nothing that readers see, whatever is to be kept', async () => {
      const old = await publish('staging.a', 'select 1 as id')
      expect(await bench.engine.sweep(new Set())).toBe(0)
      expect(await read('select id from staging.a')).toEqual([[1]])
      const fresh = await publish('staging.a', 'select 2 as id')
      expect(fresh.relation).not.toBe(old.relation)
      expect(await bench.engine.sweep(new Set())).toBe(1)
      expect(await read('select id from staging.a')).toEqual([[2]])
      await releaseAll([], { retire: ['staging.a'] })
      expect(await bench.engine.sweep(new Set())).toBe(1)
    })

    claim('and sweeps what nobody keeps', async () => {
      const kept = await publish('staging.a', 'select 1 as id')
      await build('staging.b', 'select 1 as id')
      expect(await bench.engine.sweep(new Set([kept.relation]))).toBe(0)
      await nextRun()
      expect(await bench.engine.sweep(new Set([kept.relation]))).toBe(1)
      expect(await read('select id from staging.a')).toEqual([[1]])
    })
  })
}
