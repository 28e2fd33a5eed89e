import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { canEnter, isRoot } from '../../../../src/adapters/state/embedded/account.js'
import { embeddedFacts } from '../../../../src/adapters/state/embedded/facts.js'
import { type EmbeddedPostgres, startEmbedded } from '../../../../src/adapters/state/embedded/start.js'
import { type Clock, systemClock } from '../../../../src/base/clock.js'
import { type Logger, silentLog as log } from '../../../../src/base/log.js'
import { removeProject } from '../../../support/remove-project.js'
import { DIST, type StateProcess, startStateProcess } from '../../../support/state-process.js'

const roots: string[] = []
const homes = new Set<string>()
const servers: EmbeddedPostgres[] = []
const processes: StateProcess[] = []

/** Mode 700, as `mkdtemp` makes it. */
function newRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'mill race '))
  roots.push(root)
  return root
}

const newHome = (): string => known(join(newRoot(), '.millrace'))

function known(home: string): string {
  homes.add(home)
  return home
}

/** Made once: what does not need a first start of its own uses it. */
let home: string

beforeAll(async () => {
  home = newHome()
  await (await startEmbedded({ home, log })).stop()
})

async function start(at: string): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({ home: known(at), log })
  servers.push(server)
  return server
}

function run(task: string, options: object, dist?: string): StateProcess {
  const child = startStateProcess(task, options, dist)
  processes.push(child)
  return child
}

/** A user that is neither root nor nobody; initdb wants one with a name. */
function anyUser(): number {
  const ids = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => Number(line.split(':')[2]))
  return ids.find((id) => id > 0 && id < 65_534)!
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** Resolves when `value` is no longer what it was; polls, since processes die when they die. */
async function gone(value: () => unknown): Promise<void> {
  while (value()) await new Promise((resolve) => setTimeout(resolve, 20))
}

afterEach(async () => {
  await Promise.all(processes.splice(0).map((child) => child.kill()))
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})

afterAll(() => {
  for (const home of homes) removeProject(dirname(home))
  for (const root of roots) rmSync(root, { recursive: true, force: true })
})

describe('one server for all', () => {
  test('it starts, is joined, and ends with the last that leaves', async () => {
    const first = await start(home)
    expect(first.version).toMatch(/^18\./)
    const second = await start(home)
    const { pid } = embeddedFacts(home)
    await first.stop()
    expect(embeddedFacts(home).pid).toBe(pid)
    expect(await query(second.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
    await second.stop()
    expect(embeddedFacts(home).pid).toBeNull()
    expect(existsSync(embeddedFacts(home).socket!)).toBe(false)
  })

  test('it stays for a stranger who is connected', async () => {
    const server = await start(home)
    const stranger = new pg.Client({ connectionString: server.url('postgres') })
    await stranger.connect()
    await server.stop()
    expect(embeddedFacts(home).pid).not.toBeNull()
    expect((await stranger.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await stranger.end()
  })

  test('two processes that start at the same time get one server', async () => {
    const home = newHome()
    const children = [1, 2, 3].map(() => run('embedded', { home }))
    const facts = await Promise.all(children.map((child) => child.next()))
    expect(facts.map(({ error }) => error)).toEqual([undefined, undefined, undefined])
    expect(new Set(facts.map(({ pid }) => pid)).size).toBe(1)
    await Promise.all(children.map((child) => child.stop()))
    expect(embeddedFacts(home).pid).toBeNull()
    expect(readdirSync(embeddedFacts(home).folder!)).toEqual(['data'])
  })

  test('stopping and starting at once never leaves a process without its server', async () => {
    let previous = await start(home)
    for (let round = 0; round < 8; round++) {
      const [next] = await Promise.all([start(home), previous.stop()])
      expect(await query(next.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
      previous = next
    }
  })

  test('a database is made once, whatever its name', async () => {
    const server = await start(home)
    const name = `my "app" %20 é`
    await Promise.all([server.createDatabase(name), server.createDatabase(name), server.createDatabase('b')])
    await server.createDatabase(name)
    expect(await query(server.url(name), 'select current_database() as name')).toEqual([{ name }])
  })

  test('it listens on no port, keeps its promises, and speaks UTC', async () => {
    const server = await start(home)
    const rows = await query(
      server.url('postgres'),
      `select name, setting from pg_settings
       where name in ('listen_addresses', 'fsync', 'synchronous_commit', 'full_page_writes', 'TimeZone') order by name`,
    )
    expect(rows).toEqual([
      { name: 'TimeZone', setting: 'UTC' },
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '' },
      { name: 'synchronous_commit', setting: 'on' },
    ])
  })
})

describe('deaths', () => {
  test('a killed owner leaves the server running for the next', async () => {
    const owner = run('embedded', { home })
    const { pid } = await owner.next()
    await owner.kill()
    const server = await start(home)
    expect(embeddedFacts(home).pid).toBe(pid)
    await server.stop()
    expect(embeddedFacts(home).pid).toBeNull()
  })

  test('a killed server with a busy orphan is started again for who is there and for who comes', async () => {
    const server = await start(home)
    const { pid } = embeddedFacts(home)
    const busy = query(server.url('postgres'), 'select count(*) from generate_series(1, 1e10::bigint)')
    busy.catch(() => {})
    const orphan = async () =>
      query(
        server.url('postgres'),
        `select pid from pg_stat_activity where query like 'select count(*) from gen%'`,
      )
    let rows: unknown[] = []
    while (rows.length === 0) rows = await orphan()
    process.kill(pid!, 'SIGKILL')
    const next = await start(home)
    expect(embeddedFacts(home).pid).not.toBe(pid)
    expect(await query(next.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
    await expect(busy).rejects.toThrow()
    await Promise.all([server.stop(), next.stop()])
    expect(embeddedFacts(home).pid).toBeNull()
  })

  test('a process whose server is killed brings it back by itself', async () => {
    const server = await start(home)
    const { pid } = embeddedFacts(home)
    process.kill(pid!, 'SIGKILL')
    await gone(() => [null, pid].includes(embeddedFacts(home).pid))
    await server.stop()
    expect(embeddedFacts(home).pid).toBeNull()
  })

  test('a killed server that cannot come up yet is tried until it can', async () => {
    const errors: string[] = []
    const told = { ...log, error: (_: unknown, text: string) => void errors.push(text) } as Logger
    const hasty: Clock = {
      ...systemClock,
      sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 50), signal),
    }
    const server = await startEmbedded({ home, log: told, clock: hasty })
    servers.push(server)
    const { pid } = embeddedFacts(home)
    const settings = join(server.folder, 'data', 'postgresql.conf')
    writeFileSync(settings, 'no_such_setting = 7\n')
    process.kill(pid!, 'SIGKILL')
    await gone(() => errors.length < 2)
    expect(errors[1]).toContain('no_such_setting')
    writeFileSync(settings, '')
    await gone(() => [null, pid].includes(embeddedFacts(home).pid))
    await server.createDatabase('as_soon_as_it_is_up')
  })

  test('what was acknowledged survives the death of everything', async () => {
    for (let round = 1; round <= 3; round++) {
      const writer = run('commit', { home })
      const first = await writer.next()
      expect(first).not.toHaveProperty('error')
      for (let line = 0; line < 20 * round; line++) await writer.next()
      const { pid } = embeddedFacts(home)
      if (round % 2) process.kill(pid!, 'SIGKILL')
      const killed = writer.kill()
      const acknowledged = (await writer.rest()).filter((run) => typeof run === 'number')
      await killed
      if (round % 2 === 0) process.kill(pid!, 'SIGKILL')
      const server = await start(home)
      const [{ last } = { last: 0 }] = (await query(
        server.url('millrace'),
        'select max(run) as last from millrace_state.runs',
      )) as { last: number }[]
      expect(last).toBeGreaterThanOrEqual(Math.max(...acknowledged, 20 * round))
      await server.stop()
    }
  })

  test('a first start that is killed in the middle is begun again', async () => {
    const home = newHome()
    const victim = run('embedded', { home })
    await gone(() => !existsSync(join(home, 'postgres.json')))
    const { folder } = embeddedFacts(home)
    await gone(() => !existsSync(folder!) || readdirSync(folder!).length === 0)
    await victim.kill()
    const server = await start(home)
    expect(await query(server.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('a server whose socket was swept away is started again', async () => {
    const owner = run('embedded', { home })
    const { pid, socket } = await owner.next()
    await owner.kill()
    rmSync(String(socket), { recursive: true })
    await start(home)
    expect(embeddedFacts(home).pid).not.toBe(pid)
  })

  test('a pid file that names a stranger does not stand in the way', async () => {
    const owner = run('embedded', { home })
    const { pid, folder } = await owner.next()
    process.kill(Number(pid), 'SIGKILL')
    await owner.kill()
    await gone(() => embeddedFacts(home).pid !== null)
    const file = join(String(folder), 'data', 'postmaster.pid')
    if (existsSync(file)) writeFileSync(file, `${process.pid}\n/elsewhere\n`)
    expect(await query((await start(home)).url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

describe('places', () => {
  test('a removed home means an empty state, a moved one the same, a copied one its own', async () => {
    const root = newRoot()
    const one = join(root, 'one', '.millrace')
    const first = await start(one)
    await query(first.url('postgres'), 'create table t as select 1 as one')
    await first.stop()

    cpSync(join(root, 'one'), join(root, 'two'), { recursive: true })
    renameSync(join(root, 'one'), join(root, 'three'))
    const moved = await start(join(root, 'three', '.millrace'))
    mkdirSync(join(root, 'one'))
    const fresh = await start(one)
    expect(await query(moved.url('postgres'), 'select one from t')).toEqual([{ one: 1 }])
    expect(await query(fresh.url('postgres'), `select to_regclass('t') as t`)).toEqual([{ t: null }])
    await Promise.all([moved.stop(), fresh.stop()])

    cpSync(join(root, 'three'), join(root, 'four'), { recursive: true })
    const copy = await start(join(root, 'four', '.millrace'))
    const original = await start(join(root, 'three', '.millrace'))
    await query(copy.url('postgres'), 'update t set one = 2')
    expect(await query(original.url('postgres'), 'select one from t')).toEqual([{ one: 1 }])
    expect(await query(copy.url('postgres'), 'select one from t')).toEqual([{ one: 2 }])
    expect(copy.folder).not.toBe(original.folder)
  })

  test.runIf(isRoot())('a copy of a home that may not be looked into has an id of its own', async () => {
    const root = newRoot()
    const uid = anyUser()
    if (!canEnter(DIST, { uid, gid: uid })) return
    chmodSync(root, 0o755)
    const theirs = known(join(root, 'theirs', '.millrace'))
    await (await start(theirs)).stop()
    cpSync(join(root, 'theirs'), join(root, 'mine'), { recursive: true })
    const mine = known(join(root, 'mine', '.millrace'))
    for (const path of [dirname(mine), ...readdirSync(dirname(mine), { recursive: true, encoding: 'utf8' })])
      chownSync(resolve(dirname(mine), path), uid, uid)
    const user = run('embedded', { home: mine, uid })
    expect(await user.next()).toMatchObject({ pid: expect.any(Number) })
    expect(embeddedFacts(mine).socket).not.toBe(embeddedFacts(theirs).socket)
    await user.stop()
  })

  test('a home removed under a running server gives a fresh one', async () => {
    const home = newHome()
    const first = await start(home)
    await query(first.url('postgres'), 'create table t as select 1 as one')
    const { pid } = embeddedFacts(home)
    rmSync(home, { recursive: true })
    const second = await start(home)
    expect(await query(second.url('postgres'), `select to_regclass('t') as t`)).toEqual([{ t: null }])
    expect(embeddedFacts(home).pid).not.toBe(pid)
    // Stopped by its own id, although the home knows another by now.
    await first.stop()
    await second.stop()
    rmSync(first.folder, { recursive: true, force: true })
  })

  test('a home that everyone may enter keeps its data inside, and gives it up when it is closed', async () => {
    const root = newRoot()
    chmodSync(root, 0o755)
    const home = known(join(root, '.millrace'))
    const open = await start(home)
    const inside = open.folder
    await query(open.url('postgres'), 'create table t as select 1 as one')
    await open.stop()
    if (canEnter(dirname(root), { uid: 65534, gid: 65534 })) expect(inside).toBe(join(home, 'postgres'))
    chmodSync(root, 0o700)
    const closed = await start(home)
    expect(await query(closed.url('postgres'), 'select one from t')).toEqual([{ one: 1 }])
    if (isRoot()) expect(closed.folder).not.toBe(inside)
  })

  test('a path may be long', async () => {
    const home = join(newRoot(), 'x'.repeat(120), 'it\'s "quoted" % é', '.millrace')
    const server = await start(home)
    expect(await query(server.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('an ordinary user has it under the home', async () => {
    const root = newRoot()
    const uid = isRoot() ? anyUser() : process.getuid!()
    if (isRoot()) chownSync(root, uid, uid)
    // In a clone that only root may enter there are no ordinary users.
    if (!canEnter(DIST, { uid, gid: uid })) return
    const home = known(join(root, '.millrace'))
    const user = run('embedded', { home, ...(isRoot() ? { uid } : {}) })
    expect(await user.next()).toMatchObject({ folder: join(home, 'postgres'), pid: expect.any(Number) })
    await user.stop()
    // Root who comes along later runs it as that user.
    const later = await start(home)
    expect(await query(later.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }])
    await later.stop()
    const again = run('embedded', { home, ...(isRoot() ? { uid } : {}) })
    expect(await again.next()).toMatchObject({ pid: expect.any(Number) })
    await again.stop()
  })
})

describe('errors', () => {
  test('a server that does not start shows the last lines of its log', async () => {
    const server = await start(home)
    await server.stop()
    writeFileSync(join(server.folder, 'data', 'postgresql.conf'), 'no_such_setting = 7\n')
    await expect(startEmbedded({ home, log })).rejects.toMatchObject({
      code: 'STATE_EMBEDDED_FAILED',
      message: expect.stringContaining('no_such_setting'),
      hint: expect.stringContaining(join(home, 'postgres.log')),
    })
    writeFileSync(join(server.folder, 'data', 'postgresql.conf'), '')
  })

  test('data of another Postgres is not touched', async () => {
    const server = await start(home)
    await server.stop()
    writeFileSync(join(server.folder, 'data', 'PG_VERSION'), '17\n')
    await expect(startEmbedded({ home, log })).rejects.toMatchObject({
      code: 'STATE_EMBEDDED_FAILED',
      message: expect.stringContaining('was written by Postgres 17, this Millrace brings 18'),
    })
    writeFileSync(join(server.folder, 'data', 'PG_VERSION'), '18\n')
  })

  test('a damaged identity is said to be one', async () => {
    const home = newHome()
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'postgres.json'), '{')
    await expect(startEmbedded({ home, log })).rejects.toMatchObject({
      code: 'STATE_EMBEDDED_FAILED',
      message: expect.stringContaining('is damaged'),
    })
    homes.delete(home)
  })

  test('a home that cannot be made is said to be one', async () => {
    const root = newRoot()
    writeFileSync(join(root, 'file'), '')
    await expect(startEmbedded({ home: join(root, 'file', '.millrace'), log })).rejects.toMatchObject({
      code: 'STATE_EMBEDDED_FAILED',
      message: expect.stringContaining('cannot be made'),
    })
  })

  test('facts of a home without a server are nulls', () => {
    const home = newHome()
    expect(embeddedFacts(home)).toEqual({
      version: null,
      folder: null,
      socket: null,
      bytes: null,
      pid: null,
      log: join(home, 'postgres.log'),
    })
  })
})
