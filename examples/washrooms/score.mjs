#!/usr/bin/env node
// Holds what was delivered to the lake against the fleet's ground truth: `node examples/washrooms/score.mjs`
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { load } from './load.mjs'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

const program = new Command('score')
  .description('Compares the delivered results with what really happened, and with the naive way.')
  .option('--lake <folder>', 'Parquet files as delivered', at('data/lake'))
  .option('--truth <folder>', 'ground truth as the fleet wrote it', at('data/truth'))
  .option('--json', 'the figures as JSON')
  .option('--write [document]', 'put the table into a document, between its markers')

async function main() {
  const { lake, truth, json, write } = program.parse().opts()
  for (const folder of [lake, truth]) {
    if (!existsSync(folder)) throw new Error(`${folder} is not there. Run "npm start -- --once" first.`)
  }
  const { score, scoreTable, writeScoreInto } = await load('score/index.ts')
  const result = await score({ lake, truth })
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${scoreTable(result)}\n`)
  if (write) await writeScoreInto(write === true ? at('../../docs/algorithms.md') : write, result)
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
