import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'
import { createTestProject, type QueryJson, type TestProject } from '../support/millrace.js'
import { startTestPostgres } from '../support/postgres.js'
import { appSchema, batchSql, washroomFiles } from './washroom-project.js'

export type TortureReport = Readonly<{
  kills: Readonly<Record<'millrace' | 'worker' | 'postgres', number>>
  runs: number
  /** Looks of a reader at two delivered tables while it went on. */
  looks: number
  /** Looks at which they did not fit together; must be 0. */
  disagreements: number
  /** Tables whose rows differ from those of the undisturbed run; must be empty. */
  different: readonly string[]
  seconds: number
}>

const TABLES = ['staging.counts', 'marts.hourly', 'marts.daily', 'marts.running', 'marts.busy'] as const
const DELIVERED = ['insights.hourly', 'insights.daily', 'insights.running'] as const

/**
 * Runs the same batches twice: once undisturbed, once with `kill -9` of Millrace, its workers and the embedded
 * Postgres at random moments until `kills` runs were killed. Compares every final table.
 */
export async function torture(options: {
  kills: number
  batches: number
  seed: number
  say?: (line: string) => void
}): Promise<TortureReport> {
  const began = performance.now()
  const server = await startTestPostgres()
  const random = mulberry(options.seed)
  try {
    const calm = await life(await server.createDatabase(), options.batches, async (project) => {
      await mustRun(project)
      return 1
    })
    const kills = { millrace: 0, worker: 0, postgres: 0 }
    const total = () => kills.millrace + kills.worker + kills.postgres
    const perBatch = Math.ceil(options.kills / options.batches)
    const wild = await life(await server.createDatabase(), options.batches, async (project, batch) => {
      let runs = 0
      while (total() < Math.min(options.kills, perBatch * (batch + 1))) {
        runs++
        const victim = await disturbedRun(project, random)
        if (victim) kills[victim]++
        options.say?.(`${total()} of ${options.kills} killed${victim ? ` (${victim})` : ', one run escaped'}`)
      }
      await mustRun(project)
      return runs + 1
    })
    const different = Object.keys(calm.tables).filter((table) => calm.tables[table] !== wild.tables[table])
    return {
      kills,
      runs: wild.runs,
      looks: wild.looks,
      disagreements: wild.disagreements,
      different,
      seconds: (performance.now() - began) / 1000,
    }
  } finally {
    await server.stop()
  }
}

type Life = { tables: Record<string, string>; runs: number; looks: number; disagreements: number }

/** One project from its first batch to its last, watched by a reader of the app. */
async function life(
  url: string,
  batches: number,
  work: (project: TestProject, batch: number) => Promise<number>,
): Promise<Life> {
  const app = new pg.Client({ connectionString: url })
  // A server that stops ends its clients; the statement that notices says so.
  app.on('error', () => {})
  await app.connect()
  await app.query(appSchema)
  const project = createTestProject(washroomFiles, { APP_DATABASE_URL: url })
  const reader = watch(url)
  let runs = 0
  try {
    for (let batch = 0; batch < batches; batch++) {
      await app.query(batchSql(batch))
      runs += await work(project, batch)
    }
    const seen = await reader.stop()
    return { tables: await finalTables(project, app), runs, ...seen }
  } finally {
    await reader.stop()
    await app.end()
    await endServer(project)
    project.remove()
  }
}

/** A run that is expected to work; what a crash left is put in order by its start. */
async function mustRun(project: TestProject): Promise<void> {
  const { code, stdout, stderr } = await project.run('run')
  if (code !== 0)
    throw new Error(`a run after the crashes failed with exit code ${code}\n${stdout}\n${stderr}`)
}

/** Starts a run and kills one of its processes after a random while. Null: the run was done before. */
async function disturbedRun(
  project: TestProject,
  random: () => number,
): Promise<'millrace' | 'worker' | 'postgres' | null> {
  const { child, finished } = project.start('run')
  const timer = new Promise<'now'>((resolve) => setTimeout(() => resolve('now'), random() * 2200))
  const first = await Promise.race([timer, finished])
  if (first !== 'now') return null
  const pick = random()
  const victim = pick < 0.6 ? 'millrace' : pick < 0.8 ? 'worker' : 'postgres'
  const pid =
    victim === 'millrace' ? child.pid : victim === 'worker' ? workerOf(child.pid!) : postmasterOf(project)
  const hit = pid !== undefined && kill(pid)
  await finished
  return hit ? victim : null
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

/** A child process of Millrace that is not the database server. */
function workerOf(parent: number): number | undefined {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => fieldOf(pid, 'PPid') === String(parent) && fieldOf(pid, 'Name') !== 'postgres')
  return children.length > 0 ? Number(children[0]) : undefined
}

function fieldOf(pid: string, field: string): string | undefined {
  try {
    return new RegExp(`^${field}:\\s*(.+)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

/** The embedded server of this project, by the folder in its command line. */
function postmasterOf(project: TestProject): number | undefined {
  try {
    const { place } = JSON.parse(readFileSync(`${project.root}/.millrace/postgres.json`, 'utf8')) as {
      place: string
    }
    return Number(readFileSync(`${place}/data/postmaster.pid`, 'utf8').split('\n')[0])
  } catch {
    return undefined
  }
}

/** Ends the project's server, should a killed run have left it. */
async function endServer(project: TestProject): Promise<void> {
  const pid = postmasterOf(project)
  if (pid !== undefined) kill(pid)
}

/** Reads two delivered tables in one snapshot, again and again: their sums must be the same. */
function watch(url: string): { stop(): Promise<{ looks: number; disagreements: number }> } {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  let going = true
  let looks = 0
  let disagreements = 0
  const loop = (async () => {
    await client.connect()
    while (going) {
      const { rows } = await client.query(
        "select to_regclass('insights.hourly') is not null and to_regclass('insights.daily') is not null as there",
      )
      if (!rows[0].there) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        continue
      }
      const sums = await client.query(
        'select (select sum(visits) from insights.hourly) as hourly, (select sum(visits) from insights.daily) as daily',
      )
      looks++
      if (sums.rows[0].hourly !== sums.rows[0].daily) disagreements++
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  return {
    stop: async () => {
      const ending = going
      going = false
      await loop
      if (ending) await client.end()
      return { looks, disagreements }
    },
  }
}

async function finalTables(project: TestProject, app: pg.Client): Promise<Record<string, string>> {
  const tables: Record<string, string> = {}
  for (const table of TABLES) {
    const sql = `select * from ${table} order by all`
    const { code, value } = await project.json<QueryJson>('query', sql, '--limit', '100000')
    // Two refusals are alike too, and two empty tables.
    if (code !== 0 || value.rows.length === 0)
      throw new Error(`no rows of ${table}: ${JSON.stringify(value)}`)
    tables[table] = JSON.stringify(value.rows)
  }
  for (const table of DELIVERED) {
    const { rows } = await app.query(`select * from ${table} order by 1, 2, 3`)
    tables[`app ${table}`] = JSON.stringify(rows)
  }
  return tables
}

/** A small seeded generator, so that a failure can be had again. */
function mulberry(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
