/**
 * A thousand assets in ten layers: load and plan them cold, then run them all, each as a whole process of the
 * command line. The bare side runs the same thousand statements on one DuckDB connection.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { createTestProject } from '../test/support/millrace.js'
import { option, print, seconds } from './support/report.js'

const layers = 10
const width = Number(option('assets', '1000')) / layers

const statement = (layer: number, at: number): string =>
  layer === 0
    ? `select ${at} as id, range as n from range(10)`
    : `select a.id, a.n + b.n as n from l${layer - 1}.a${at} a join l${layer - 1}.a${(at + 1) % width} b using (n)`

const files: Record<string, string> = {
  'millrace.yaml':
    'name: thousand\nstate: embedded\nwarehouse: { type: duckdb, path: .millrace/warehouse.duckdb }\n',
}
for (let layer = 0; layer < layers; layer++) {
  for (let at = 0; at < width; at++) {
    files[`assets/l${layer}/a${at}.sql`] =
      `/* @asset\ndescription: asset ${at} of layer ${layer}\ncolumns:\n  n: { checks: [not_null] }\n*/\n${statement(layer, at)}\n`
  }
}

const project = createTestProject(files)
const must = async (...args: string[]) => {
  const { code, stdout, stderr } = await project.run(...args)
  if (code !== 0)
    throw new Error(`${args.join(' ')} ended with ${code}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`)
}

try {
  // The server is started before: a cold plan is about loading and planning, not about initdb.
  await must('status')
  const planCold = await seconds(() => must('plan', '--json'))
  const runAll = await seconds(() => must('run', '--json'))
  const runAgain = await seconds(() => must('run', '--json'))
  const bare = await bareStatements()
  print('thousand-assets', {
    assets: layers * width,
    planCold,
    runAll,
    runAgain,
    bare,
    'run all / bare statements': runAll / bare,
  })
} finally {
  project.remove()
}

async function bareStatements(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const duck = await DuckDBInstance.create(join(folder, 'bare.duckdb'))
  const connection = await duck.connect()
  try {
    return await seconds(async () => {
      for (let layer = 0; layer < layers; layer++) {
        await connection.run(`create schema l${layer}`)
        for (let at = 0; at < width; at++)
          await connection.run(`create table l${layer}.a${at} as ${statement(layer, at)}`)
      }
    })
  } finally {
    connection.closeSync()
    duck.closeSync()
    rmSync(folder, { recursive: true, force: true })
  }
}
