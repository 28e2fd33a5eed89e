// `npm start`: the example from nothing to delivered rows, and then live. Packages and build are set up before, by
// scripts/start.mjs.
import { Command, InvalidArgumentError, Option } from 'commander'
import { load } from './load.mjs'
import { withAppDatabase } from './start/app-database.mjs'
import { prepareFleet } from './start/fleet.mjs'
import { applyIncident, INCIDENT_NAMES } from './start/incidents.mjs'
import { live } from './start/live.mjs'
import { command } from './start/millrace.mjs'
import { runningServer } from './start/running-server.mjs'

const options = new Command('npm start --')
  .description(
    'Runs the washrooms example: raw readings to checked, released, delivered rows, again and again.',
  )
  .option('--once', 'run once and end')
  .addOption(new Option('--inject <incident>', 'let something go wrong').choices(INCIDENT_NAMES))
  .addOption(new Option('--undo <incident>', 'take it back').choices(INCIDENT_NAMES))
  .option('--days <n>', 'length of the history, when it is first written', wholeNumber)
  .option('--port <n>', 'port of the console', wholeNumber)
  .parse()
  .opts()

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => (stop.signal.aborted ? process.exit(130) : stop.abort()))

process.exitCode = await main().catch((error) => {
  console.error(`The example could not start: ${error.message}`)
  if (error.hint) console.error(`  ${error.hint}`)
  return 1
})

async function main() {
  const fleet = await load('fleet/index.ts')
  return withAppDatabase(process.env, async (url) => {
    const server = await runningServer()
    // A live example has its own fleet sending; an incident is all there is to do.
    if (server) return besideLive(fleet, url, server)
    await prepareFleet(fleet, url, { days: options.days, live: !options.once, told })
    await incidents(fleet, url)
    if (stop.signal.aborted) return 130
    return options.once
      ? command(['run'], url)
      : live({ fleet, url, port: options.port, signal: stop.signal })
  })
}

async function besideLive(fleet, url, server) {
  if (await incidents(fleet, url)) return options.once ? command(['run'], url) : 0
  if (options.once) return command(['run'], url)
  console.error(`The example runs already: ${server.url}`)
  return 0
}

async function incidents(fleet, url) {
  const wanted = ['undo', 'inject'].filter((direction) => options[direction])
  for (const direction of wanted)
    for (const line of await applyIncident(direction, options[direction], fleet, url)) console.error(line)
  return wanted.length > 0
}

/** Tells what takes a while, then how many readings came of it. */
async function told(what, work) {
  process.stderr.write(`${what} … `)
  const began = performance.now()
  const readings = await work()
  process.stderr.write(
    `${readings.toLocaleString('en-US')} ${readings === 1 ? 'reading' : 'readings'}, ${((performance.now() - began) / 1000).toFixed(1)} s\n`,
  )
}

function wholeNumber(text) {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('A whole number above 0, please.')
  return number
}
