import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHttpApi } from '../../../src/server/client.js'
import { apiProjectFiles, doors } from '../../conformance/api/project.js'
import { createTestProject, type Finished, type TestProject } from '../../support/millrace.js'
import { startTestPostgres, type TestPostgres } from '../../support/postgres.js'

let state: TestPostgres
let project: TestProject
const servers: Served[] = []

beforeAll(async () => {
  state = await startTestPostgres()
  project = createTestProject(
    {
      ...apiProjectFiles,
      // Takes for ever; nothing but these tests selects it.
      'assets/slow/count.sql':
        '/* @asset\ndescription: counts for ever\n*/\nselect count(*) as n from range(1000000) a, range(100000000) b where a.range * b.range % 7 = 3\n',
    },
    { STATE_URL: await state.createDatabase() },
  )
})
afterAll(async () => {
  for (const { child } of servers) child.kill('SIGKILL')
  await state?.stop()
  project?.remove()
})

type Served = Readonly<{ url: string; token: string; child: ChildProcess; finished: Promise<Finished> }>

/** `serve --json` until its line is there. */
async function serve(): Promise<Served> {
  const { child, finished } = project.start('serve', '--json', '--port', '0')
  let text = ''
  for await (const [piece] of lines(child, finished)) {
    text += piece
    if (text.includes('\n')) break
  }
  const served = { ...(JSON.parse(text) as { url: string; token: string }), child, finished }
  servers.push(served)
  return served
}

async function* lines(child: ChildProcess, finished: Promise<Finished>): AsyncGenerator<[string]> {
  for (;;) {
    const ended = finished.then(({ stderr }) => {
      throw new Error(`serve ended: ${stderr}`)
    })
    yield (await Promise.race([once(child.stdout!, 'data').then(([data]) => [String(data)]), ended])) as [
      string,
    ]
  }
}

async function stop({ child, finished }: Served, signal: NodeJS.Signals = 'SIGINT'): Promise<Finished> {
  child.kill(signal)
  return finished
}

/** What differs from call to call: times, and the process that looks. */
const masked = (text: string): string =>
  text
    .replace(/"(at|startedAt|releasedAt|durationMs|since|usualMs|finishedAt)":[\d.]+/g, '"$1":0')
    .replace(/\d[\d.,]* (MiB|ms|s|min)\b/g, '0 $1')
    .replace(/usually about \d+ \w+|just now|\d+ min ago/g, 'then')

const RUN = ['run', '--select', 'raw.* staging.* marts.*']

const commands: readonly (readonly string[])[] = [
  ['status'],
  ['plan', '--select', 'raw.* staging.* marts.*'],
  ['plan', '--json', '--select', 'marts.visits'],
  ['plan', '--select', 'marts.visit'],
  ['plan', '--env', 'dev'],
  ['lineage', 'marts.visits', '--json'],
  ['query', 'select * from marts.visits'],
  ['query', '--json', 'select visits, 1.5::decimal(3,1) as x from marts.visits'],
  ['query', 'drop view marts.visits', '--json'],
  ['query', 'select 1', '--limit', 'ten'],
  ['check', 'marts.visits'],
  ['check', 'nowhere', '--json'],
  ['types', '--json'],
  ['alerts', '--json'],
  ['report', 'nothing'],
]

describe('a command', () => {
  const alone = new Map<string, Finished>()
  beforeAll(async () => {
    const { code, stderr } = await project.run(...RUN)
    expect(stderr).toContain('release 1')
    expect(code).toBe(0)
    await project.run('types')
    for (const words of commands) alone.set(words.join(' '), await project.run(...words))
  })

  test('prints the same and ends with the same code with a server as without one', async () => {
    const served = await serve()
    for (const words of commands) {
      const before = alone.get(words.join(' '))!
      const { code, stdout, stderr } = await project.run(...words)
      const found = [code, masked(stdout), masked(stderr)]
      expect(found, words.join(' ')).toEqual([before.code, masked(before.stdout), masked(before.stderr)])
    }
    const doctor = await project.json<{ findings: { topic: string }[] }>('doctor')
    expect(doctor.value.findings.map(({ topic }) => topic)).toContain('warehouse')
    expect((await stop(served)).code).toBe(0)
  })
})

describe('with a server', () => {
  let served: Served
  beforeAll(async () => {
    served = await serve()
  })

  const api = () => createHttpApi(served)
  const latestRun = async () => (await api().runs({ limit: 1, before: null, status: null, asset: null }))[0]!
  const never = () => new AbortController().signal

  test('a run is shown as it goes, and a held one ends with 3', async () => {
    project.write({ 'incoming/doors-2.csv': doors([7, -4], 4) })
    const held = await project.run(...RUN)
    expect([held.code, /held/.test(held.stderr)]).toEqual([3, true])
    const accepted = await project.run(...RUN, '--accept', 'accepted_range:visits', '--json')
    expect(accepted.code).toBe(0)
    expect(JSON.parse(accepted.stdout)).toMatchObject({ status: 'done' })
  })

  test('an edit counts at once, and a mistake in it ends what would build with 2, and nothing else', async () => {
    const file = 'assets/marts/visits.sql'
    const good = readFileSync(join(project.root, file), 'utf8')
    project.write({ [file]: `${good}\nselect from broken` })
    const plan = await project.run('plan', '--select', 'marts.visits')
    expect([plan.code, plan.stdout]).toEqual([2, ''])
    expect(plan.stderr).toMatch(/marts\/visits\.sql:\d+:\d+ error/)
    const query = await project.run('query', 'select count(*) from marts.visits')
    expect(query.code).toBe(0)
    expect(query.stderr).toContain('The server goes on with the project as it was before these mistakes.')
    project.write({ [file]: good.replace('Visits per customer', 'People per customer') })
    expect((await project.run('plan', '--select', 'marts.visits')).code).toBe(0)
    expect((await api().asset('marts.visits')).description).toBe('People per customer')
    project.write({ [file]: good })
  })

  test('Ctrl-C cancels the run', async () => {
    const { child, finished } = project.start('run', '--select', 'slow.count')
    await expect.poll(async () => (await latestRun()).status, { timeout: 20_000 }).toBe('running')
    child.kill('SIGINT')
    expect((await finished).code).toBe(130)
    expect((await latestRun()).status).toBe('cancelled')
  })

  test('a command that is killed leaves its run to the server', async () => {
    const before = (await latestRun()).run
    const { child, finished } = project.start('run', '--select', 'slow.count')
    await expect.poll(async () => (await latestRun()).run, { timeout: 20_000 }).toBe(before + 1)
    child.kill('SIGKILL')
    await finished
    await api().query({ sql: 'select 1', maxRows: 1 }, never())
    expect((await latestRun()).status).toBe('running')
    const cancel = ['run', '--cancel', `${before + 1}`]
    expect(await project.run(...cancel)).toMatchObject({
      code: 0,
      stdout: `Run ${before + 1} is being cancelled.\n`,
    })
    await expect.poll(async () => (await latestRun()).status).toBe('cancelled')
    expect((await project.run(...cancel)).stderr).toContain('cannot be cancelled: it is cancelled')
    expect((await project.run('run', '--cancel', 'x')).code).not.toBe(0)
  })

  test('a second one is refused with 2 and the address of the first', async () => {
    const second = await project.run('serve')
    expect(second.code).toBe(2)
    expect(second.stderr).toContain(`already served at ${served.url} by process ${served.child.pid}`)
  })

  test('wrong options are refused with 2 before anything is opened', async () => {
    for (const words of [
      ['--port', '99999'],
      ['--port', 'x'],
      ['--runs', '0'],
      ['--runs', 'many'],
      ['--host', '0.0.0.0'],
      ['--allow-host', 'a b'],
    ])
      expect((await project.run('serve', ...words)).code, words.join(' ')).toBe(2)
  })

  test('Ctrl-C ends it with 0, and commands work by themselves again', async () => {
    const { code, stdout, stderr } = await stop(served)
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(stderr).not.toContain(served.token)
    expect(existsSync(join(project.root, '.millrace', 'server.json'))).toBe(false)
    expect((await project.run('query', 'select 1')).code).toBe(0)
    expect(readFileSync(join(project.root, '.millrace', 'millrace.log'), 'utf8')).not.toContain(served.token)
  })

  test('so does the end of its terminal', async () => {
    expect((await stop(await serve(), 'SIGHUP')).code).toBe(0)
    expect(existsSync(join(project.root, '.millrace', 'server.json'))).toBe(false)
  })

  test('after kill -9 the next one starts without help', async () => {
    const killed = await serve()
    await stop(killed, 'SIGKILL')
    expect(existsSync(join(project.root, '.millrace', 'server.json'))).toBe(true)
    expect((await project.run('status')).code).toBe(0)
    const next = await serve()
    expect(next.token).toBe(killed.token)
    expect((await stop(next, 'SIGTERM')).code).toBe(0)
  })
})
