import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'
import { createTypeScriptRuntime } from '../../../src/adapters/runtimes/typescript/runtime.js'
import { silentLog } from '../../../src/base/log.js'
import { RuntimeBench } from '../../conformance/runtime.js'

const DIST = resolve(import.meta.dirname, '../../../dist')

describe('the pool of processes', () => {
  test.each([
    ['waits', 'await new Promise((r) => setTimeout(r, 60_000))'],
    ['is caught in a loop', 'for (;;) {}'],
  ])('dies with a Millrace that was killed, while a function %s', async (_what, line) => {
    const root = await mkdtemp(join(tmpdir(), 'millrace-orphan-'))
    await writeFile(
      join(root, 'asset.ts'),
      `export default async function* (ctx) { ctx.log.info('pid ' + process.pid); ${line} }`,
    )
    await writeFile(join(root, 'parent.mjs'), parentScript(root))
    const parent = spawn(process.execPath, [join(root, 'parent.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [first] = (await createInterface(parent.stdout)[Symbol.asyncIterator]().next()).value.split('\n')
    const worker = Number(first.replace('pid ', ''))
    expect(isRunning(worker)).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => isRunning(worker), { timeout: 5_000 }).toBe(false)
    await rm(root, { recursive: true, force: true })
  })

  test('runs as many at once as it has slots', async () => {
    const bench = await RuntimeBench.open(() => createTypeScriptRuntime({ slots: 2, log: silentLog }))
    const text =
      'export default async function* (ctx) { await new Promise((r) => setTimeout(r, 200)); yield { n: process.pid } }'
    const runs = await Promise.all([1, 2, 3, 4].map(() => bench.run(text, 'ts', { n: 'INTEGER' })))
    await bench.close()
    expect(new Set(runs.map(({ rows }) => rows[0]?.n)).size).toBe(2)
  })

  test('gives an asset with another limit of memory a process of its own', async () => {
    const bench = await RuntimeBench.open(() => createTypeScriptRuntime({ slots: 1, log: silentLog }))
    const pid = async (memoryLimitBytes: number) =>
      (
        await bench.run(
          'export default () => [{ n: process.pid }]',
          'ts',
          { n: 'INTEGER' },
          { memoryLimitBytes },
        )
      ).rows[0]?.n
    const first = await pid(100_000_000)
    expect(await pid(100_000_000)).toBe(first)
    expect(await pid(200_000_000)).not.toBe(first)
    await bench.close()
  })

  test('does not keep a program alive that forgot to close it', async () => {
    const script = `
      const { createTypeScriptRuntime } = await import('${DIST}/adapters/runtimes/typescript/runtime.js')
      const { silentLog } = await import('${DIST}/base/log.js')
      createTypeScriptRuntime({ slots: 1, log: silentLog, memoryLimitBytes: 1e8 })`
    const program = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' })
    const code = await new Promise((done) => program.once('exit', done))
    expect(code).toBe(0)
  })
})

const parentScript = (root: string): string => `
  import { createTypeScriptRuntime } from '${DIST}/adapters/runtimes/typescript/runtime.js'
  import { silentLog } from '${DIST}/base/log.js'
  const runtime = createTypeScriptRuntime({ slots: 1, log: silentLog })
  await runtime.run(
    { asset: 'a.b', modulePath: '${root}/asset.ts', projectRoot: '${root}', inputs: [], columns: [{ name: 'n', type: 'INTEGER' }],
      interval: null, timezone: 'UTC', vars: {}, folder: '${root}', timeoutMs: 60000, memoryLimitBytes: 1e8 },
    { input: async () => [], log: (level, message) => console.log(message), metric() {}, progress() {} },
    new AbortController().signal,
  )`

function isRunning(pid: number): boolean {
  try {
    // A process that is dead but not yet collected is a zombie, Z.
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
