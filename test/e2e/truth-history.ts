import type { Client } from 'pg'
import pg from 'pg'
import { expect } from 'vitest'
import type { RunResult } from '../../src/executor/run.js'
import { DELIVERED, projectAssets, SET_UP, type Versions } from './truth-project.js'
import { appRows, difference, explain, World, type WorldOptions } from './truth-world.js'

/** Numbers that are the same for the same seed, on any machine. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

type Trouble = 'bad item' | 'bad day' | 'broken' | 'app down'

/** Lives through a history made from a seed: things happen upstream and to the project, with runs in between. */
export async function liveThrough(
  seed: number,
  steps: number,
  options: Omit<WorldOptions, 'now'> & { stopApp: () => Promise<void>; startApp: () => Promise<void> },
): Promise<void> {
  const history = await History.begin(seed, options)
  try {
    await history.live(steps)
  } catch (error) {
    throw new Error(`seed ${seed} after: ${history.told.join(' | ')}`, { cause: error })
  } finally {
    await history.end()
  }
}

class History {
  readonly told: string[] = []
  private readonly troubles = new Set<Trouble>()
  private versions: Versions = { hourly: 1, daily: 0, broken: false, total: 'table', table: 'daily' }
  private latecomer: { client: Client; commitAfter: number } | null = null
  private files = 0

  private constructor(
    private readonly random: () => number,
    private readonly world: World,
    private readonly options: Parameters<typeof liveThrough>[2],
  ) {}

  static async begin(seed: number, options: Parameters<typeof liveThrough>[2]): Promise<History> {
    const random = randomFrom(seed)
    const now = random() < 0.5 ? '2026-10-25T00:20:00Z' : '2026-03-29T00:20:00Z'
    const world = await World.open({ ...options, now })
    await world.source.query(SET_UP)
    const history = new History(random, world, options)
    world.file('first.csv', history.csv(3))
    await world.set(projectAssets(history.versions))
    return history
  }

  async end(): Promise<void> {
    await this.latecomer?.client.end()
    await this.world.close()
  }

  async live(steps: number): Promise<void> {
    if (this.chance(0.7)) await this.events(40)
    for (let step = 0; step < steps; step++) {
      const count = 1 + this.number(3)
      for (let index = 0; index < count; index++) await this.happen()
      await this.runSomehow()
    }
    await this.settle()
    await this.compare()
  }

  private chance = (likely: number) => this.random() < likely
  private number = (below: number) => Math.floor(this.random() * below)
  private pick = <T>(values: readonly T[]): T => values[this.number(values.length)]!

  private async happen(): Promise<void> {
    const what = this.pick(Object.keys(this.happenings) as (keyof History['happenings'])[])
    this.told.push(what)
    await this.happenings[what]()
  }

  private readonly happenings = {
    events: () => this.events(1 + this.number(12)),
    'late transaction': () => this.lateTransaction(),
    items: () => this.items(),
    'items deleted': () =>
      this.sql(
        `delete from items where ${this.chance(0.2) ? 'true' : `abs(hashtext("select")) % 3 = ${this.number(3)}`}`,
      ),
    devices: () =>
      this.sql(
        this.pick([
          `update devices set customer = 'moved ' || ${this.number(9)} where device = ${this.number(5)}`,
          `update devices set active = not active where device = ${this.number(5)}`,
          `insert into devices select max(device) + 1, 'new', ${this.chance(0.5)} from devices`,
        ]),
      ),
    days: () => this.days(),
    files: async () => {
      const name = this.chance(0.5) ? `file ${this.number(this.files + 1)}.csv` : `file ${this.files++}.csv`
      this.world.file(name, this.csv(this.number(6)))
    },
    time: async () => {
      this.world.now += (10 + this.number(600)) * 60_000
    },
    code: async () => {
      this.versions = this.pick<Versions>([
        { ...this.versions, hourly: 1 + this.number(3) },
        { ...this.versions, daily: this.number(3) },
        { ...this.versions, total: this.versions.total === 'table' ? 'view' : 'table' },
        { ...this.versions, table: this.versions.table === 'daily' ? 'renamed' : 'daily' },
      ])
      await this.world.set(projectAssets(this.versions))
    },
    trouble: () => this.trouble(),
    'trouble over': () => this.over(this.pick([...this.troubles])),
  }

  private sql(text: string, values: unknown[] = []) {
    return this.world.source.query(text, values)
  }

  private time(): string | null {
    const kind = this.random()
    if (kind < 0.05) return null
    if (kind < 0.1)
      return this.pick(['2031-07-01 12:00:00Z', '1969-12-31 23:10:00Z', '2024-02-29 23:59:59.999999Z'])
    const minutes = kind < 0.6 ? this.number(240) : this.number(4 * 24 * 60)
    return new Date(this.world.now - minutes * 60_000).toISOString()
  }

  private async events(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const repeat = this.chance(0.2)
      const v = this.chance(0.05) ? 950 : this.number(50)
      await this.sql(
        repeat
          ? 'insert into events (device, seen, v) select device, seen, v from events order by id desc limit 1'
          : `insert into events (device, seen, v) values (${this.number(6)}, $1, ${v})`,
        repeat ? [] : [this.time()],
      )
    }
  }

  /** A transaction that draws its numbers now and commits after others that drew theirs later. */
  private async lateTransaction(): Promise<void> {
    if (this.latecomer) {
      await this.latecomer.client.query('commit')
      await this.latecomer.client.end()
      this.latecomer = null
      return
    }
    const client = new pg.Client({ connectionString: this.options.sourceUrl })
    await client.connect()
    await client.query('begin')
    await client.query('insert into events (device, seen, v) values (1, $1, 7)', [this.time()])
    await client.query(
      `insert into items values ('late ' || ${this.number(1e6)}, 20, '2026-03-01 04:00', default)`,
    )
    this.latecomer = { client, commitAfter: 1 }
    await this.events(2)
  }

  private async items(): Promise<void> {
    const name = this.pick(['plain', 'ünïcode 字', "it's", 'tab\there', 'a"b', 'back\\slash', '', ' space '])
    const seen = this.time()?.replace('T', ' ').replace('Z', '') ?? null
    await this.sql(
      `insert into items values ($1, $2, $3, default)
       on conflict ("select") do update set "Größe ""x""" = excluded."Größe ""x""", seen = excluded.seen, rev = default`,
      [name + this.number(3), this.number(4000) / 100, seen],
    )
  }

  private async days(): Promise<void> {
    const site = this.pick(['a', 'b'])
    await this.sql(
      `insert into days values ($1, $2, $3) on conflict (day, site) do update set n = excluded.n`,
      [`2026-10-${20 + this.number(9)}`, site, this.number(9)],
    )
    if (this.chance(0.2)) await this.sql(`delete from days where site = '${site}'`)
  }

  private csv(rows: number): string {
    const line = () => `${this.pick(['ann', '"b,ob"', '', 'ünï'])},${this.time() ?? ''},${this.number(9)}`
    return ['name,seen,v', ...Array.from({ length: rows }, line)].map((text) => `${text}\n`).join('')
  }

  private async trouble(): Promise<void> {
    const kind = this.pick<Trouble>(['bad item', 'bad day', 'broken', 'app down'])
    if (this.troubles.has(kind)) return
    this.told.push(kind)
    this.troubles.add(kind)
    if (kind === 'bad item')
      await this.sql(`insert into items values ('bad', 2000, '2026-10-20 10:00', default)
        on conflict ("select") do update set "Größe ""x""" = 2000, rev = default`)
    if (kind === 'bad day') await this.sql(`insert into days values ('2026-10-21', 'bad', -5)`)
    if (kind === 'broken') {
      this.versions = { ...this.versions, broken: true }
      await this.world.set(projectAssets(this.versions))
    }
    if (kind === 'app down') await this.options.stopApp()
  }

  private async over(kind: Trouble | undefined): Promise<void> {
    if (!kind) return
    this.told.push(`no ${kind}`)
    this.troubles.delete(kind)
    if (kind === 'bad item')
      await this.sql(`update items set "Größe ""x""" = 20, rev = default where "select" = 'bad'`)
    if (kind === 'bad day') await this.sql(`update days set n = 5 where site = 'bad'`)
    if (kind === 'broken') {
      this.versions = { ...this.versions, broken: false }
      await this.world.set(projectAssets(this.versions))
    }
    if (kind === 'app down') await this.options.startApp()
  }

  private async runSomehow(): Promise<void> {
    const kind = this.random()
    if (kind < 0.25) {
      const select = this.pick([
        'raw.events',
        'raw.*',
        'staging.clean marts.hourly',
        'marts.daily',
        '+marts.hourly',
        'raw.items marts.prices',
        'raw.events marts.over_view',
      ])
      return void (await this.run({ select }))
    }
    if (kind < 0.32) return void (await this.run({ full: true }))
    if (kind < 0.42) return void (await this.run({ start: '2026-10-24', end: '2026-10-26' }))
    const result = await this.run({})
    if (result.status === 'done' && this.chance(0.35)) await this.compare()
  }

  /** Runs, and compares what deliveries say they changed with what changed. */
  private async run(request: Parameters<World['run']>[0] & object): Promise<RunResult> {
    this.told.push(`run ${JSON.stringify(request)}`)
    const isUp = !this.troubles.has('app down')
    const before = isUp ? await this.shown() : null
    const result = await this.world.run(request)
    this.told.push(result.status)
    if (before) expect(this.counted(result)).toEqual(await this.changed(before))
    const allowed = this.troubles.size > 0 || request.select != null
    if (!allowed) expect(explain(result)).toBe('')
    return result
  }

  private async shown(): Promise<Map<string, Map<string, string>>> {
    const app = new pg.Client({ connectionString: this.options.appUrl })
    await app.connect()
    try {
      const tables = new Map<string, Map<string, string>>()
      for (const [table, key] of Object.entries(DELIVERED))
        tables.set(table, await appRows(app, `insights.${table}`, key))
      return tables
    } finally {
      await app.end()
    }
  }

  private async changed(before: Map<string, Map<string, string>>) {
    const after = await this.shown()
    return Object.fromEntries(
      [...before].map(([table, rows]) => [table, difference(rows, after.get(table) ?? new Map())]),
    )
  }

  private counted({ deliveries }: RunResult) {
    const none = { inserted: 0, updated: 0, deleted: 0 }
    return Object.fromEntries(
      Object.keys(DELIVERED).map((table) => {
        const record = deliveries.find(({ target }) => target === `insights.${table}`)
        if (record?.status !== 'delivered') return [table, none]
        const { inserted, updated, deleted } = record
        return [table, { inserted, updated, deleted }]
      }),
    )
  }

  /** All troubles over, and a run that makes up for everything. */
  private async settle(): Promise<void> {
    for (const kind of [...this.troubles]) await this.over(kind)
    if (this.latecomer) await this.lateTransaction()
    await this.run({})
  }

  /** Every table as from nothing, every delivery as released, and nothing left to do. */
  private async compare(): Promise<void> {
    const names = Object.keys(this.world.assets)
    expect(await this.world.tables(names)).toEqual(await this.world.fromScratch(names))
    expect(await this.world.wrongDeliveries()).toEqual([])
    const again = await this.world.run()
    expect(again.deliveries).toEqual([])
    this.told.push('compared')
  }
}
