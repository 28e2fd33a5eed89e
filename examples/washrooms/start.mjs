// `npm start`: the example from nothing to delivered rows. Set-up of packages and build is done by scripts/start.mjs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import pg from 'pg'
import { startEmbedded } from '../../dist/adapters/state/embedded/start.js'
import { silentLog } from '../../dist/base/log.js'
import { load } from './load.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const millrace = fileURLToPath(new URL('../../bin/millrace', import.meta.url))

const INCIDENTS = ['bad-batch']
const options = new Command('npm start --')
  .description('Runs the washrooms example: raw readings to checked, released, delivered rows.')
  .option('--once', 'run once and end')
  .addOption(new Option('--inject <incident>', 'let something go wrong first').choices(INCIDENTS))
  .addOption(new Option('--undo <incident>', 'take it back first').choices(INCIDENTS))
  .option('--days <n>', 'length of the history, when it is first written', Number)
  .parse()
  .opts()

const stop = new AbortController()
// Ctrl-C reaches the run too, which stops cleanly by itself; here it only keeps the next part from starting.
process.on('SIGINT', () => (stop.signal.aborted ? process.exit(130) : stop.abort()))

process.exitCode = await main().catch((error) => {
  console.error(`The example could not start: ${error.message}`)
  if (error.hint) console.error(`  ${error.hint}`)
  return 1
})

async function main() {
  // Without an address of yours the app's database lives in the Postgres that Millrace starts for its state.
  const own = process.env.APP_DATABASE_URL
  const server = own ? null : await startEmbedded({ home: join(here, '.millrace'), log: silentLog })
  try {
    await server?.createDatabase('app')
    const url = own ?? server.url('app')
    await prepareFleet(url)
    if (stop.signal.aborted) return 130
    return await run(url)
  } finally {
    await server?.stop()
  }
}

async function prepareFleet(url) {
  const fleet = await load('fleet/index.ts')
  if (await hasHistory(url))
    await told('The fleet sends what it has measured since', () => catchUp(fleet, url))
  else await told('The fleet writes its history', () => writeHistory(fleet, url))
  if (options.undo) say('Taken out', await fleet.undoBadBatch({ url }))
  if (options.inject) say('Injected', await fleet.injectBadBatch({ url }))
}

async function writeHistory(fleet, url) {
  const truth = join(here, 'data', 'truth')
  const settings = { url, truth, until: Date.now(), ...(options.days && { days: options.days }) }
  return (await fleet.writeHistory(settings)).readings
}

async function catchUp(fleet, url) {
  const live = await fleet.openLiveFleet({ url })
  try {
    return (await live.sendUntil(Date.now())).readings
  } finally {
    await live.close()
  }
}

/** Tells what takes a while, then how many readings came of it. */
async function told(what, work) {
  process.stderr.write(`${what} … `)
  const began = performance.now()
  const readings = await work()
  process.stderr.write(
    `${readings.toLocaleString('en-US')} readings, ${((performance.now() - began) / 1000).toFixed(1)} s\n`,
  )
}

function say(what, outcome) {
  console.error(`${what} a bad batch: ${JSON.stringify(outcome)}`)
}

async function hasHistory(url) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query("select to_regclass('hardware.readings') is not null as there")
    return rows[0].there
  } finally {
    await client.end()
  }
}

async function run(url) {
  const child = spawn(process.execPath, [millrace, 'run', '--project', here], {
    stdio: 'inherit',
    env: { ...process.env, APP_DATABASE_URL: url },
  })
  const [code, signal] = await once(child, 'exit')
  return code ?? (signal === 'SIGINT' ? 130 : 1)
}
