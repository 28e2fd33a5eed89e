#!/usr/bin/env node
// The simulated fleet by hand: history, live sending, incidents. `node examples/washrooms/fleet/main.mjs --help`
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'
import { load } from '../load.mjs'

const truthFolder = fileURLToPath(new URL('../data/truth', import.meta.url))

const number = (text) => {
  const value = Number(text)
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Not a number.')
  return value
}
const instant = (text) => {
  const value = Date.parse(text)
  if (Number.isNaN(value)) throw new InvalidArgumentError('Not a time: write 2024-06-01T00:00:00Z.')
  return value
}
const duration = (text) => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text)
  if (!match) throw new InvalidArgumentError('Not a duration: write 500ms, 1s or 2m.')
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2]]
}
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

const program = new Command('fleet')
  .description('A simulated fleet of washroom sensors that writes into a Postgres database.')
  .requiredOption('--url <url>', 'the app’s database', process.env.APP_DATABASE_URL)

program
  .command('history')
  .description('write the fleet and all it sent, once; schemas hardware and fleet')
  .option('--seed <n>', 'same seed, same rows', number, 7)
  .option('--days <n>', 'length of the history', number, 70)
  .option('--until <time>', 'end of the history (default: the start of this hour)', instant)
  .option('--customers <n>', 'customers, with 3 sites of 3 washrooms each', number, 8)
  .option('--truth <folder>', 'where the ground truth goes', truthFolder)
  .option('--replace', 'write anew over a fleet that is there')
  .action(async (options) => {
    const { writeHistory } = await load('fleet/index.ts')
    const outcome = await writeHistory({ ...options, url: url(), until: options.until ?? Date.now() })
    print({ ...outcome, sentUntil: new Date(outcome.sentUntil).toISOString() })
  })

program
  .command('send')
  .description('keep sending from where history ended, until stopped')
  .option('--every <duration>', 'pause between two sendings', duration, 1000)
  .option('--speed <n>', 'fleet seconds per second, until the present is reached', number, 3600)
  .action(async (options) => {
    const { sendLive } = await load('fleet/index.ts')
    const stop = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort())
    const ticks = sendLive({
      url: url(),
      everyMs: options.every,
      speed: options.speed,
      now: Date.now,
      signal: stop.signal,
    })
    for await (const { readings, sentUntil } of ticks)
      print({ readings, sentUntil: new Date(sentUntil).toISOString() })
  })

program
  .command('inject')
  .description('send a batch of absurd readings')
  .action(async () => print(await (await load('fleet/index.ts')).injectBadBatch({ url: url() })))

program
  .command('undo')
  .description('take the absurd batch out again')
  .action(async () => print(await (await load('fleet/index.ts')).undoBadBatch({ url: url() })))

program
  .command('silence')
  .description('let devices send nothing from now on; none named: all speak again')
  .argument('[device...]', 'device ids', (text, before) => [...(before ?? []), number(text)])
  .action(async (deviceIds) =>
    (await load('fleet/index.ts')).silenceDevices({ url: url(), deviceIds: deviceIds ?? [] }),
  )

program
  .command('rename')
  .description('rename a column of hardware.readings without a word, as happens upstream')
  .argument('<from>')
  .argument('<to>')
  .action(async (from, to) => (await load('fleet/index.ts')).renameReadingColumn({ url: url(), from, to }))

const url = () => program.opts().url

program.parseAsync().catch((error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
