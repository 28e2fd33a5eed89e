import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { canEnter, isRoot } from '../../src/adapters/state/embedded/account.js'
import { createTestProject, type RunJson, type TestProject } from '../support/millrace.js'
import { serve } from '../support/serve.js'
import { DIST } from '../support/state-process.js'

const FILES = {
  'millrace.yaml': `name: secrets
tenant: customer_id
state: embedded
warehouse: { type: duckdb, path: .millrace/warehouse.duckdb }
connections: { shelf: { type: files, path: ./shelf } }
`,
  'assets/raw/visits.sql':
    "/* @asset\ndescription: rows\ndeliver: { to: shelf, path: out/visits.parquet }\n*/\nselect 'a' as customer_id, i::integer as n from range(1000) t(i)\n",
  'assets/t/written.ts': `/* @asset
description: writes a file of its author's
inputs: [raw.visits]
columns: { n: { type: integer } }
*/
import { writeFileSync } from 'node:fs'

export default async function* () {
  writeFileSync('author.txt', 'mine')
  yield { n: 1 }
}
`,
  'reports/now.md': `---
title: Now
for_each: tenant
period: year
---
\`\`\`sql total
select sum(n) as n from raw.visits
\`\`\`
{{ total.n }}
`,
}

const projects: TestProject[] = []
afterAll(() => {
  for (const project of projects) project.remove()
})

/** A project that the file system lets everybody find. */
function openProject(account?: { uid: number; gid: number }): TestProject {
  const project = createTestProject(FILES, {}, account)
  projects.push(project)
  chmodSync(project.root, 0o755)
  return project
}

/** Neither root nor nobody; initdb wants one with a name, and he has to reach the programs. */
function ordinaryAccount(): { uid: number; gid: number } | undefined {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':').slice(2, 4).map(Number))
    .map(([uid, gid]) => ({ uid: uid!, gid: gid! }))
  return accounts.find((account) => account.uid > 0 && account.uid < 65_534 && canEnter(DIST, account))
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

/** Every file that the project keeps, but the programs' and data of the embedded Postgres. */
function keptFiles(home: string): string[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.startsWith(join(home, 'postgres')))
    .map(({ parentPath, name }) => join(parentPath, name))
}

/** What an account that has nothing to do with the project reads of the files. */
const readByStranger = (files: readonly string[]): string =>
  spawnSync('cat', files, { uid: 65_533, gid: 65_533, encoding: 'utf8' }).stdout

/** While a server runs there are its token and its address too. */
async function workOn(project: TestProject): Promise<void> {
  const served = await serve(project)
  try {
    expect((await project.json<RunJson>('run')).value).toMatchObject({ release: 1 })
    expect((await project.run('report', 'now', '--period', '2024')).code).toBe(0)
    const home = join(project.root, '.millrace')
    const kept = keptFiles(home)
    expect(kept.map((path) => path.slice(home.length + 1))).toEqual(
      expect.arrayContaining([
        ...['token', 'server.json', 'millrace.log', 'warehouse.duckdb'],
        ...['logs/run-1.ndjson', expect.stringMatching(/^reports\/now\/.*html$/)],
      ]),
    )
    if (isRoot()) expect(readByStranger(kept)).toBe('')
    expect(modeOf(home)).toMatch(/^7[01][01]$/)
    expect(kept.filter((path) => modeOf(path) !== '600')).toEqual([])
    const { value } = await project.json<{ findings: { topic: string; status: string }[] }>('doctor')
    expect(value.findings.find(({ topic }) => topic === 'home')).toMatchObject({ status: 'ok' })
  } finally {
    await served.stop()
  }
}

/** What is made for the user is as his umask says: not wider, and not closed with the home. */
function expectUsersModes({ root }: TestProject): void {
  const [file, folder] = [0o666, 0o777].map((most) => (most & ~process.umask()).toString(8))
  for (const name of ['shelf/out/visits.parquet', 'shelf/.millrace-deliveries.json', 'author.txt'])
    expect([name, modeOf(join(root, name))]).toEqual([name, file])
  for (const name of ['shelf', 'shelf/out']) expect([name, modeOf(join(root, name))]).toEqual([name, folder])
}

test('nobody but its owner reads what a project keeps, and what it makes for him is as his umask says', async () => {
  const project = openProject()
  await workOn(project)
  expectUsersModes(project)
  // The server's account can walk through, or its data is elsewhere.
  if (isRoot()) expect(modeOf(join(project.root, '.millrace'))).toBe('711')
})

test.runIf(isRoot())(
  'a home that cannot be closed breaks no run: its files are closed, and the doctor tells of the folder',
  async (context) => {
    const account = ordinaryAccount()
    if (account === undefined) return context.skip()
    const project = openProject(account)
    const home = join(project.root, '.millrace')
    mkdirSync(home)
    chmodSync(home, 0o777)
    const run = await project.run('run')
    expect(run).toMatchObject({ code: 0 })
    const kept = keptFiles(home)
    expect(kept).toContain(join(home, 'warehouse.duckdb'))
    expect(kept.filter((path) => modeOf(path) !== '600')).toEqual([])
    const { value } = await project.json<{ findings: { topic: string; status: string; detail: string }[] }>(
      'doctor',
    )
    expect(value.findings.find(({ topic }) => topic === 'home')).toMatchObject({
      status: 'warning',
      detail: `other accounts can read or change ${home}`,
    })
  },
)

test.runIf(isRoot())(
  'an ordinary account’s project is closed to all, and stays his when root works on it',
  async (context) => {
    const account = ordinaryAccount()
    // In a clone that only root may enter there are no ordinary accounts.
    if (account === undefined) return context.skip()
    const project = openProject(account)
    await workOn(project)
    expectUsersModes(project)
    expect(modeOf(join(project.root, '.millrace'))).toBe('700')
    const { TMPDIR } = process.env
    const byRoot = spawnSync(
      process.execPath,
      [join(DIST, '../bin/millrace'), '--project', project.root, 'run', '--full'],
      {
        env: { PATH: process.env.PATH, ...(TMPDIR && { TMPDIR }) },
      },
    )
    expect(byRoot.status).toBe(0)
    expect((await project.run('run', '--full')).code).toBe(0)
    const logs = join(project.root, '.millrace', 'logs')
    const read = spawnSync(
      'cat',
      readdirSync(logs).map((name) => join(logs, name)),
      { ...account },
    )
    expect(read.status).toBe(0)
    expect(existsSync(join(project.root, '.millrace', 'postgres', 'data'))).toBe(true)
  },
)
