import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { canEnter, serverAccount } from '../../src/adapters/state/embedded/account.js'
import type { Cluster } from '../../src/adapters/state/embedded/cluster.js'
import { initialise } from '../../src/adapters/state/embedded/initialise.js'
import { makeOwned, sharedFolder } from '../../src/adapters/state/embedded/place.js'
import { findSoftware, type Software } from '../../src/adapters/state/embedded/software.js'

export type TestPostgres = Readonly<{
  /** A superuser's URL of the database `postgres`. */
  url: string
  /** URL of a fresh, empty database on the same server. */
  createDatabase(): Promise<string>
  /** Ends the server the hard way, as a crash would. `start` brings it back on the same data. */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}>

type TestPostgresOptions = Readonly<{ tcp?: boolean; durable?: boolean }>

const PASSWORD = 'p@ss word'

/**
 * A throw-away Postgres, up in about 0.2 s: its data is a copy of a cluster that is made once per machine.
 * Waits for the disk only if `durable`. Listens on a unix socket; with `tcp` on 127.0.0.1 too, with a password,
 * and then `url` is that address.
 */
export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const account = serverAccount('/nowhere')
  const software = await findSoftware(account, sharedFolder)
  const template = await templateData(software)
  const folder = openFolder('millrace-pg-')
  if (account) chownSync(folder, account.uid, account.gid)
  execFileSync('cp', ['-a', template, join(folder, 'data')])
  const port = options.tcp ? await freePort() : 5432
  const socketUrl = `postgres://postgres@localhost:${port}/postgres?host=${encodeURIComponent(folder)}&sslmode=disable`
  let server: ChildProcess
  const start = async () => {
    // Leftovers of a killed server can stand in the way of the next for a moment.
    for (let tries = 1; ; tries++) {
      server = launch(software, folder, port, options)
      if ((await answers(socketUrl, server)) || tries > 100) return
    }
  }
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const exited = once(server, 'exit')
    server.kill(signal)
    await exited
  }
  await start()
  if (options.tcp) await requirePassword(socketUrl, folder, server!)
  const tcpUrl = `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`
  const url = options.tcp ? tcpUrl : socketUrl
  let databases = 0
  return {
    url,
    createDatabase: async () => {
      const name = `test_${++databases}`
      await run(url, `create database ${name}`)
      return url.replace('/postgres?', `/${name}?`).replace(/\/postgres$/, `/${name}`)
    },
    kill: () => end('SIGKILL'),
    start,
    stop: async () => {
      await end('SIGQUIT')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A new folder the server's account can enter, with a path short enough for a socket. */
function openFolder(prefix: string): string {
  const parent = canEnter(tmpdir(), serverAccount('/nowhere')) && tmpdir().length < 60 ? tmpdir() : '/tmp'
  const folder = mkdtempSync(join(parent, prefix))
  chmodSync(folder, 0o755)
  return folder
}

async function templateData(software: Software): Promise<string> {
  const account = serverAccount('/nowhere')
  const place = join(
    canEnter(tmpdir(), account) ? tmpdir() : '/tmp',
    `millrace-test-template-${software.version}-${process.getuid?.() ?? 0}`,
  )
  makeOwned(place, account ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 })
  const data = join(place, 'data')
  const cluster: Cluster = {
    id: '',
    home: place,
    place,
    data,
    socket: place,
    log: join(place, 'log'),
    account,
  }
  await initialise(cluster, software, Date.now())
  return data
}

function launch(
  software: Software,
  folder: string,
  port: number,
  options: TestPostgresOptions,
): ChildProcess {
  const settings = [
    `listen_addresses=${options.tcp ? '127.0.0.1' : ''}`,
    `port=${port}`,
    'shared_buffers=64MB',
    'timezone=UTC',
    // Even then it survives its own death, if not that of the machine.
    ...(options.durable ? [] : ['fsync=off', 'full_page_writes=off']),
  ]
  return spawn(
    join(software.folder, 'bin', 'postgres'),
    ['-D', join(folder, 'data'), '-k', folder, ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...serverAccount(join(folder, 'data')),
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: 'ignore',
    },
  )
}

/** False if the server ended before it answered. */
async function answers(url: string, server: ChildProcess): Promise<boolean> {
  while (server.exitCode === null && server.signalCode === null) {
    try {
      await run(url, 'select')
      return true
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return false
}

async function requirePassword(url: string, folder: string, server: ChildProcess): Promise<void> {
  await run(url, `alter role postgres password '${PASSWORD}'`)
  const rules = 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n'
  writeFileSync(join(folder, 'data', 'pg_hba.conf'), rules)
  server.kill('SIGHUP')
  await run(url, 'select pg_reload_conf()')
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(sql)
  } finally {
    await client.end().catch(() => {})
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
