import { expect } from 'vitest'
import type { TenantCopiesRequest } from '../../../src/adapters/engines/tenant-copies.js'
import { type Bench, never } from './bench.js'

const CUSTOMERS = `select * from (values
  (1, 'a', 10.5), (1, 'b', 20.25), (2, 'c', 30), (3, 'd', 40), (null, 'nobody', 50)
) as t(customer_id, name, amount)`

const request = (change: Partial<TenantCopiesRequest> = {}): TenantCopiesRequest => ({
  assets: [{ asset: 'marts.orders', key: ['name'], shared: false }],
  tenantColumn: 'CUSTOMER_ID',
  ...change,
})

/** What an engine promises of copies cut by tenant. */
export function tenantsClaims(bench: Bench): void {
  const { claim } = bench
  const ask = async (
    copies: Awaited<ReturnType<typeof bench.engine.openTenantCopies>>,
    tenant: string | null,
    sql: string,
  ) => {
    const copy = await copies.open(tenant, never())
    try {
      return (await copy.query({ sql, parameters: {}, keepAs: null, maxRows: 1000 }, never())).rows
    } finally {
      copy.close()
    }
  }

  claim('a copy holds the rows of one tenant and no other', async () => {
    await bench.publish('marts.orders', CUSTOMERS)
    const copies = await bench.engine.openTenantCopies(request(), never())
    expect(copies.tenants).toEqual(['1', '2', '3'])
    expect(copies.release).toBe(1)
    expect(await ask(copies, '1', 'select name, amount from marts.orders')).toEqual([
      ['a', '10.50'],
      ['b', '20.25'],
    ])
    expect(await ask(copies, '2', 'select count(*), any_value(name) from "marts"."orders"')).toEqual([
      [1, 'c'],
    ])
    await copies.close()
  })

  claim('copies show one release, whatever is released while they are open', async () => {
    await bench.publish('marts.orders', CUSTOMERS)
    const copies = await bench.engine.openTenantCopies(request(), never())
    const later = await bench.build('marts.orders', `select 1 as customer_id, 'late' as name, 1 as amount`)
    await bench.releaseAll([bench.changeOf('marts.orders', later, bench.replace(later, 'marts__orders__1'))])
    expect(await ask(copies, '1', 'select name from marts.orders')).toEqual([['a'], ['b']])
    expect(copies.release).toBe(1)
    await copies.close()
    expect(await bench.read('select name from marts.orders')).toEqual([['late']])
  })

  claim('an asset without the tenant column is refused unless it is shared', async () => {
    await bench.publish('marts.orders', CUSTOMERS)
    await bench.publish('raw.kinds', `select 'soap' as kind`)
    const assets = [...request().assets, { asset: 'raw.kinds', key: [], shared: false }]
    const error = await bench.failure(bench.engine.openTenantCopies(request({ assets }), never()))
    expect(error.code).toBe('ENGINE_TENANT_UNCUT')
    const shared = assets.map((each) => ({ ...each, shared: true }))
    const copies = await bench.engine.openTenantCopies(request({ assets: shared }), never())
    expect(copies.assets.map(({ cut }) => cut)).toEqual([true, false])
    expect(await ask(copies, '2', 'select name, kind from marts.orders, raw.kinds')).toEqual([['c', 'soap']])
    await copies.close()
  })

  claim('nothing outside the copy can be reached or changed from it', async () => {
    await bench.publish('marts.orders', CUSTOMERS)
    const copies = await bench.engine.openTenantCopies(request(), never())
    const copy = await copies.open('1', never())
    const hostile = [
      `select * from '/etc/passwd'`,
      `select * from read_text('/etc/passwd')`,
      `select * from glob('/tmp/*')`,
      'select * from millrace_warehouse.marts.orders',
      'select * from millrace_data.marts__orders__1',
      'select 1; select 2',
      `attach '/tmp/stolen.db'`,
      'set lock_configuration = false',
      `copy marts.orders to '/tmp/stolen.csv'`,
      'pragma database_list',
      'create table more as select 1',
    ]
    for (const sql of hostile) {
      const asked = copy.query({ sql, parameters: {}, keepAs: null, maxRows: 10 }, never())
      expect((await bench.failure(asked)).code, sql).toMatch(/^ENGINE_QUERY_(REFUSED|FAILED)$/)
    }
    copy.close()
    await copies.close()
  })

  claim('a result is kept for the queries after it, whatever its name', async () => {
    await bench.publish('marts.orders', CUSTOMERS)
    const copies = await bench.engine.openTenantCopies(request(), never())
    const copy = await copies.open('1', never())
    const sql = 'select sum(amount) as total from marts.orders where $start < $end'
    const parameters = { start: 0, end: 1 }
    const kept = { sql, parameters, keepAs: 'a "b"', maxRows: 10 }
    expect((await copy.query(kept, never())).rows).toEqual([['30.75']])
    const next = { sql: 'select total * 2 from "a ""b"""', parameters: {}, keepAs: null, maxRows: 10 }
    expect((await copy.query(next, never())).rows).toEqual([['61.50']])
    copy.close()
    await copies.close()
  })

  claim('tenants with hostile ids are told apart', async () => {
    const ids = [`o'neil`, 'a"b', '..', '../x', 'Acme', 'acme', 'é', 'e\u0301', 'a;drop', ' a', 'a', '']
    const rows = ids.map((id, index) => `('${id.replaceAll("'", "''")}', ${index})`)
    await bench.publish('marts.orders', `select * from (values ${rows.join(', ')}) t(customer_id, name)`)
    const copies = await bench.engine.openTenantCopies(request(), never())
    expect(new Set(copies.tenants)).toEqual(new Set(ids))
    for (const [index, id] of ids.entries())
      expect(await ask(copies, id, 'select name from marts.orders')).toEqual([[index]])
    await copies.close()
  })

  claim('an id is found as the column spells it', async () => {
    await bench.publish('marts.orders', CUSTOMERS)
    const copies = await bench.engine.openTenantCopies(request(), never())
    expect(await copies.find('007')).toBeNull()
    expect(await copies.find('002')).toBe('2')
    expect(await copies.find(`2' or 1=1`)).toBeNull()
    await copies.close()
  })

  claim(
    'ids beyond what a number of JavaScript holds are told apart, and UUIDs in any spelling found',
    async () => {
      const ids = ['9007199254740992', '9007199254740993', '-9223372036854775808']
      const rows = ids.map((id, index) => `('${id}'::bigint, ${index})`)
      await bench.publish('marts.orders', `select * from (values ${rows.join(', ')}) t(customer_id, name)`)
      const copies = await bench.engine.openTenantCopies(request(), never())
      expect(new Set(copies.tenants)).toEqual(new Set(ids))
      for (const [index, id] of ids.entries())
        expect(await ask(copies, id, 'select name from marts.orders')).toEqual([[index]])
      await copies.close()
      const uuid = '123e4567-e89b-12d3-a456-426614174000'
      await bench.publish('marts.visits', `select uuid '${uuid}' as customer_id, 'x' as name`)
      const assets = [{ asset: 'marts.visits', key: ['name'], shared: false }]
      const others = await bench.engine.openTenantCopies(request({ assets }), never())
      expect(await others.find(uuid.toUpperCase())).toBe(uuid)
      expect(await ask(others, uuid, 'select name from marts.visits')).toEqual([['x']])
      await others.close()
    },
  )

  claim('values of every kind arrive as they were', async () => {
    const sql = `select 1 as customer_id, 1::hugeint as h, 2.50::decimal(10,2) as d, timestamptz '2024-01-01 00:00:00+00' as t,
      [1, null] as l, {'a': 'x'} as s, map {'k': 1} as m, '{"a":1}'::json as j, null::varchar as n, interval 2 days as i,
      '\\xAA'::blob as b, uuid '123e4567-e89b-12d3-a456-426614174000' as u, date '2024-01-01' as day`
    await bench.publish('marts.orders', sql)
    const copies = await bench.engine.openTenantCopies(request(), never())
    expect(await ask(copies, '1', 'from marts.orders')).toEqual(
      await bench.read('select * from marts.orders'),
    )
    await copies.close()
  })

  claim('without a tenant column one copy holds everything', async () => {
    await bench.publish('marts.orders', CUSTOMERS)
    const copies = await bench.engine.openTenantCopies(request({ tenantColumn: null }), never())
    expect(copies.tenants).toEqual([])
    expect(await ask(copies, null, 'select count(*) from marts.orders')).toEqual([[5]])
    await copies.close()
  })
}
