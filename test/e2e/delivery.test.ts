import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestProject, type RunJson, type TestProject } from '../support/millrace.js'
import { startTestPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(() => server.stop())

type Shop = Readonly<{ project: TestProject; sql(text: string): Promise<unknown[]> }>

const asset = (select: string, header = '') =>
  `/* @asset\ndescription: Stock\nkey: [id]\n${header}\n*/\n${select}\n`

/** Two tables in an app's database, which holds the state too. */
async function shop(work: (given: Shop) => Promise<void>): Promise<void> {
  const url = await server.createDatabase()
  const app = new pg.Client({ connectionString: url })
  await app.connect()
  const project = createTestProject({
    'millrace.yaml': `name: shop
state: "${url}"
connections:
  app: { type: postgres, url: "${url}" }
`,
    'assets/marts/stock.sql': asset(
      "select id::int as id, 'n' || id as name from range(3) t(id)",
      'deliver: { to: app, table: shop.stock }',
    ),
    'assets/marts/price.sql': asset(
      'select id::int as id, id * 2 as price from range(3) t(id)',
      'deliver: { to: app, table: shop.price }',
    ),
  })
  try {
    await work({ project, sql: async (text) => (await app.query({ text, rowMode: 'array' })).rows })
  } finally {
    await app.end()
    project.remove()
  }
}

type CheckJson = Readonly<{
  delivered: readonly {
    asset: string
    comparison: { missing: number; extra: number } | null
    error: { code: string } | null
  }[]
  repaired: readonly { target: string; status: string }[]
}>

const looks = ({ delivered }: CheckJson) =>
  Object.fromEntries(
    delivered.map(({ asset, comparison, error }) => [
      asset,
      error?.code ?? [comparison?.missing, comparison?.extra],
    ]),
  )

test('tables that are gone or altered are found beside the others, and put right as far as they fit', async () => {
  await shop(async ({ project, sql }) => {
    await project.run('run')
    await sql('drop table shop.stock')
    const dropped = await project.json<CheckJson>('check', '--delivered')
    expect(dropped.code).toBe(3)
    expect(looks(dropped.value)).toEqual({ 'marts.stock': [3, 0], 'marts.price': [0, 0] })
    expect((await project.json<CheckJson>('check', '--repair')).code).toBe(0)
    expect(await sql('select id, name from shop.stock order by 1')).toHaveLength(3)

    await sql('alter table shop.stock drop column name; delete from shop.price where id = 1')
    const altered = await project.json<CheckJson>('check', '--repair')
    expect(altered.code).toBe(1)
    expect(looks(altered.value)).toEqual({ 'marts.stock': 'SINK_COLUMNS_DIFFER', 'marts.price': [1, 0] })
    expect((await project.run('check', '--delivered')).stdout).toContain('column name (text) is missing')
    await sql('alter table shop.stock add column name text')
    expect((await project.run('check', '--repair')).code).toBe(0)
    expect((await project.run('check', '--delivered')).code).toBe(0)
  })
})

test('what a check keeps from the app stays out of it, asked to put right or not, until the check passes', async () => {
  await shop(async ({ project, sql }) => {
    const stock = (rows: number) => ({
      'assets/marts/stock.sql': asset(
        `select id::int as id, 'n' || id as name from range(${rows}) t(id)`,
        'deliver: { to: app, table: shop.stock }\nchecks: [{ row_count: { max: 4, on_fail: hold_delivery } }]',
      ),
    })
    project.write(stock(3))
    await project.run('run')
    project.write(stock(9))
    const held = await project.json<RunJson>('run')
    expect(held.value.deliveries).toEqual([])
    expect((await project.json<RunJson>('run')).value.deliveries).toEqual([])
    const repair = await project.json<CheckJson>('check', '--repair')
    expect(repair.code).toBe(3)
    expect(repair.value.repaired).toMatchObject([{ target: 'shop.stock', status: 'held' }])
    expect(await sql('select id from shop.stock')).toHaveLength(3)
    project.write(stock(4))
    const passed = await project.json<RunJson>('run')
    expect(passed.value.deliveries).toMatchObject([{ status: 'delivered', inserted: 1 }])
  })
})
