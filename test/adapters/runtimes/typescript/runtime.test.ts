import { readFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTypeScriptRuntime } from '../../../../src/adapters/runtimes/typescript/runtime.js'
import type { MillraceError } from '../../../../src/base/errors.js'
import { silentLog } from '../../../../src/base/log.js'
import { RuntimeBench } from '../../../conformance/runtime.js'

const open = () => createTypeScriptRuntime({ slots: 1, log: silentLog, environment: process.env })
const body = (...lines: string[]) => `export default async function* (ctx) {\n${lines.join('\n')}\n}\n`

describe('TypeScript assets', () => {
  let bench: RuntimeBench
  type More = Parameters<RuntimeBench['run']>[3]
  const run = (text: string, columns: Record<string, string> = { n: 'INTEGER' }, more: More = {}) =>
    bench.run(text, 'ts', columns, more)
  const failure = (text: string, columns?: Record<string, string>, more?: More): Promise<MillraceError> =>
    run(text, columns, more).then(
      () => expect.fail('it should have failed'),
      (error: unknown) => error as MillraceError,
    )
  const pid = async () => Number((await run('export default () => [{ n: process.pid }]')).rows[0]?.n)

  beforeAll(async () => {
    bench = await RuntimeBench.open(open)
  })
  afterAll(() => bench.close())

  describe('the function', () => {
    test.for([
      ['an async generator', 'export default async function* () { yield { n: 1 } }'],
      ['a generator', 'export default function* () { yield { n: 1 } }'],
      ['an async function of an array', 'export default async () => [{ n: 1 }]'],
      ['a function of an iterable', 'export default () => new Set([{ n: 1 }])'],
      [
        'an async function of a generator',
        'async function* g() { yield [{ n: 1 }] }\nexport default async () => g()',
      ],
    ])('may be %s', async ([, text]) => {
      expect((await run(text as string)).rows).toEqual([{ n: 1 }])
    })

    test.for([
      ['no default export', 'export const x = 1', 'has no default export'],
      ['something else as its default', 'export default { n: 1 }', 'not a function'],
      [
        'a package that is not there',
        "import x from 'nowhere-to-be-found'\nexport default () => [x]",
        'Could not resolve',
      ],
      ['an error at its top', "\nthrow new Error('too early')\nexport default () => []", 'too early'],
    ])('is missed where the file has %s', async ([, text, detail]) => {
      const error = await failure(text as string)
      expect(error.code).toBe('RUNTIME_NOT_LOADED')
      expect(error.message).toContain(detail)
    })

    test('that returns something else is told so', async () => {
      const error = await failure('export default () => 5')
      expect(error.message).toContain('it returned 5')
    })

    test('is told how to get a package that is not there', async () => {
      const error = await failure("import x from '@nowhere/to-be/found.js'\nexport default () => [x]")
      expect(error.hint).toBe('Install it in the project: npm install @nowhere/to-be.')
    })

    test('may import a CommonJS file, which knows its own folder', async () => {
      await bench.write('lib/old.cjs', 'module.exports = { here: __dirname }')
      const text = "import old from '../../lib/old.cjs'\nexport default () => [{ at: old.here }]"
      expect((await run(text, { at: 'VARCHAR' })).rows).toEqual([{ at: `${bench.root}/lib` }])
    })

    test('may use enums, imports by path, JSON and top-level await', async () => {
      await bench.write(
        'lib/scale.ts',
        'export enum Scale { Ten = 10 }\nexport const here: string = import.meta.url',
      )
      await bench.write('lib/table.json', '{ "offset": 5 }')
      const text = `import { Scale, here } from '../../lib/scale'
        import table from '../../lib/table.json'
        const extra: number = await Promise.resolve(2)
        export default function* () {
          yield { n: Scale.Ten + table.offset + extra, at: here, mine: import.meta.filename }
        }`
      const { rows } = await run(text, { n: 'INTEGER', at: 'VARCHAR', mine: 'VARCHAR' })
      expect(rows[0]).toMatchObject({ n: 17, at: `file://${bench.root}/lib/scale.ts` })
      expect(rows[0]?.mine).toMatch(/assets\/marts\/thing\d+\.ts$/)
    })

    test('uses the packages of its own project, CommonJS and ES modules', async () => {
      await bench.write('node_modules/old-style/package.json', '{ "name": "old-style", "main": "main.js" }')
      await bench.write(
        'node_modules/old-style/main.js',
        'exports.six = require("node:path").sep === "/" ? 6 : 0',
      )
      await bench.write(
        'node_modules/new-style/package.json',
        '{ "name": "new-style", "type": "module", "exports": { "./part": { "import": "./part.js" } } }',
      )
      await bench.write(
        'node_modules/new-style/part.js',
        "import { six } from 'old-style'\nexport const seven = six + 1",
      )
      const text = `import { six } from 'old-style'\nimport { seven } from 'new-style/part'\nexport default () => [{ n: six * seven }]`
      expect((await run(text)).rows).toEqual([{ n: 42 }])
    })

    test('sees a change in its file and in what it imports', async () => {
      const text = "import { n } from '../../lib/changing'\nexport default () => [{ n }]"
      await bench.write('lib/changing.ts', 'export const n = 1')
      expect((await run(text)).rows).toEqual([{ n: 1 }])
      await bench.write('lib/changing.ts', 'export const n = 2')
      expect((await run(text)).rows).toEqual([{ n: 2 }])
    })

    test('works in the folder of the project, with UTC and without the secrets of the environment', async () => {
      process.env.MILLRACE_TEST_SECRET = 'hush'
      const { rows } = await run(
        `export default () => [{
          cwd: process.cwd(), zone: new Date(0).getTimezoneOffset(), secret: process.env.MILLRACE_TEST_SECRET ?? null,
        }]`,
        { cwd: 'VARCHAR', zone: 'INTEGER', secret: 'VARCHAR' },
      )
      expect(rows).toEqual([{ cwd: bench.root, zone: 0, secret: null }])
    })
  })

  describe('a fault', () => {
    test.for([
      [
        'in an imported file',
        "import { f } from '../../lib/thrower'\nexport default () => f()",
        'lib/thrower.ts:3',
      ],
      [
        'in an async callback',
        "export default async function* () {\n  await 1\n  await [1].map(async () => {\n    await 2\n    throw new RangeError('inner')\n  })[0]\n}",
        ':5: RangeError: inner',
      ],
      [
        'with a cause',
        "export default () => {\n  throw new Error('outer', { cause: new Error('inner') })\n}",
        'outer; caused by inner',
      ],
      [
        'of many in one',
        "export default async () => {\n  await Promise.any([Promise.reject(new Error('one')), Promise.reject(2)])\n}",
        ':2: AggregateError: All promises were rejected (one; 2, which is not an Error)',
      ],
    ])('%s is told with the author’s line', async ([, text, told]) => {
      await bench.write(
        'lib/thrower.ts',
        "\nexport function f(): never {\n  throw new TypeError('from lib')\n}",
      )
      const error = await failure(text as string)
      expect(error.code).toBe('RUNTIME_CODE_THREW')
      expect(error.message).toContain(told)
    })

    test.for([
      ['a text', "'just text'", '"just text", which is not an Error'],
      ['nothing', 'undefined', 'which is not an Error'],
      ['null', 'null', 'which is not an Error'],
    ])('may be %s', async ([, thrown, told]) => {
      const error = await failure(body(`throw ${thrown}`))
      expect(error.code).toBe('RUNTIME_CODE_THREW')
      expect(error.message).toContain(told)
    })

    test('of an error with a broken stack is still told', async () => {
      const text = body(
        "const e = new Error('odd')",
        "Object.defineProperty(e, 'stack', { get() { throw 1 } })",
        'throw e',
      )
      expect((await failure(text)).message).toContain('odd')
    })

    test.for([
      ['a promise nobody awaits', body("Promise.reject(new Error('lost'))", 'yield { n: 1 }')],
      [
        'a promise rejected after the last row',
        body('yield { n: 1 }', "setTimeout(() => Promise.reject(new Error('lost')), 60)"),
      ],
      [
        'a timer',
        body(
          'yield { n: 1 }',
          "setTimeout(() => { throw new Error('lost') }, 20)",
          'await new Promise((r) => setTimeout(r, 5_000))',
        ),
      ],
    ])('in %s fails the step', async ([, text]) => {
      const error = await failure(text as string)
      expect(error.code).toBe('RUNTIME_CODE_THREW')
      expect(error.message).toMatch(/thing\d+\.ts:\d: lost/)
      expect(await pid()).toBeGreaterThan(0)
    })

    test.for([
      ['a promise that nothing can settle', body('await new Promise(() => {})')],
      ['a module that never loads', 'await new Promise(() => {})\nexport default () => []'],
    ])('of %s is noticed at once, not at the timeout', async ([, text]) => {
      expect((await failure(text as string)).code).toBe('RUNTIME_STALLED')
    })

    test.for([
      ['process.exit(0)', body('yield { n: 1 }', 'process.exit(0)'), 0],
      [
        'process.exit in a promise',
        body('yield { n: 1 }', 'await Promise.resolve().then(() => process.exit(7))'),
        7,
      ],
      [
        'process.exit in a timer',
        body('setTimeout(() => process.exit(8), 5)', 'await new Promise((r) => setTimeout(r, 5_000))'),
        8,
      ],
    ])('of %s is told with its code', async ([, text, code]) => {
      expect(await failure(text as string)).toMatchObject({ code: 'RUNTIME_EXITED', params: { code } })
    })

    test.for([
      ['process.abort()', 'SIGABRT'],
      ["process.kill(process.pid, 'SIGSEGV')", 'SIGSEGV'],
      ['process.kill(process.pid)', 'SIGTERM'],
    ])('of %s is a crash told by its signal', async ([call, signal]) => {
      const error = await failure(body(call as string, 'await new Promise((r) => setTimeout(r, 5_000))'))
      expect(error.code).toBe('RUNTIME_CRASHED')
      expect(error.message).toContain(signal)
      expect(await pid()).toBeGreaterThan(0)
    })

    test('of memory outside the heap is found as well', async () => {
      const text = body(
        'const kept = []',
        'for (;;) { kept.push(Buffer.alloc(16_000_000, 1)); await new Promise((r) => setTimeout(r, 1)) }',
      )
      expect((await failure(text, { n: 'INTEGER' }, { memoryLimitBytes: 64 * 1_048_576 })).code).toBe(
        'RUNTIME_OUT_OF_MEMORY',
      )
    })

    test('of process.abort is told without the addresses Node prints', async () => {
      expect((await failure(body('process.abort()'))).message).toMatch(/died: killed by SIGABRT$/)
    })

    test('of an author who writes to the channel of the protocol ends the step, not Millrace', async () => {
      const error = await failure(
        body(
          "require('node:fs').writeSync(3, 'hello\\n')",
          'yield { n: 1 }',
          'await new Promise((r) => setTimeout(r, 5_000))',
        ),
      )
      expect(error.code).toBe('RUNTIME_CRASHED')
      expect(await pid()).toBeGreaterThan(0)
    })

    test('of an author who forges the protocol’s words ends that step, and the next has its own rows', async () => {
      const done = { type: 'done', files: [], rowsIn: 0, rowsOut: 0, peakMemoryBytes: 0, tainted: null }
      const forge = `require('node:fs').writeSync(3, ${JSON.stringify(`${JSON.stringify(done)}\n`)})`
      expect((await failure(body(forge, 'yield { n: 1 }'))).code).toBe('RUNTIME_CRASHED')
      expect((await run(body('yield { n: 2 }'))).rows).toEqual([{ n: 2 }])
    })

    test('of an author who forges them stays one where the worker’s own last word is read along with them', async () => {
      const forged = JSON.stringify(`{"type":"done"}\n`)
      const text = body("ctx.log.info('now')", 'yield { n: 1 }', `require('node:fs').writeSync(3, ${forged})`)
      const request = await bench.request(await bench.write('assets/marts/forger.ts', text), { n: 'INTEGER' })
      // Hears nothing until the worker has said all that it has to say.
      const slow = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
      const outcome = bench.runtime.run(request, { ...bench.host(), log: slow }, new AbortController().signal)
      await expect(outcome).rejects.toMatchObject({ code: 'RUNTIME_CRASHED' })
    })

    test('in ctx is told at the author’s line', async () => {
      for (const call of [
        "ctx.input('a.b', { colums: ['x'] })",
        "ctx.metric('x', NaN)",
        "ctx.input('a.b', { interval: 5 })",
        "ctx.input('a.b', { interval: { start: 'soon', end: 'later' } })",
        "ctx.input('a.b', { interval: { start: '2024-01-02', end: '2024-01-01' } })",
        "ctx.metric('duration_ms', 1)",
        'ctx.vars.mine = 1',
      ]) {
        const error = await failure(body(call), { n: 'INTEGER' }, { inputs: ['a.b'] })
        expect(error.code).toBe('RUNTIME_CODE_THREW')
        expect(error.message).toMatch(/thing\d+\.ts:2: \w+Error/)
      }
    })
  })

  describe('the pool', () => {
    test('uses a process again for the next asset', async () => {
      expect(await pid()).toBe(await pid())
    })

    test('uses it again after a thrown error and a row that does not fit', async () => {
      const before = await pid()
      await failure(body("throw new Error('x')"))
      await failure(body('yield { n: 1.5 }'))
      expect(await pid()).toBe(before)
    })

    test.for([
      ['a timer', 'setInterval(() => {}, 1_000)'],
      ['another working folder', "process.chdir('/')"],
      ['a changed environment', "process.env.TZ = 'Europe/Dublin'"],
      ['a changed global', 'globalThis.leak = 1'],
      ['a changed prototype', 'Array.prototype.last = function () { return this.at(-1) }'],
      ['a listener on process', "process.on('SIGTERM', () => {})"],
      ['a replaced console', 'console.log = () => {}'],
      ['an exit code', 'process.exitCode = 1'],
      ['a patched module of Node', "require('node:path').leak = 1"],
      ['a prototype of typed arrays', 'Object.getPrototypeOf(Uint8Array.prototype).leak = 1'],
      ['a frozen prototype', 'Object.freeze(Array.prototype)'],
      ['a replaced stdout', 'process.stdout.write = () => true'],
      ['another umask', 'process.umask(0o077)'],
      ['a thread', "new (require('node:worker_threads').Worker)('for(;;);', { eval: true }).unref()"],
    ])('replaces a process after %s, and the step is fine', async ([, line]) => {
      const before = await pid()
      expect((await run(body(line as string, 'yield { n: 1 }'))).rows).toEqual([{ n: 1 }])
      expect(bench.logs.join()).toContain('the process is replaced')
      expect(await pid()).not.toBe(before)
    })

    test('keeps a process that has only used a global which Node loads lazily', async () => {
      const before = await pid()
      await run(body('new ReadableStream()', 'yield { n: 1 }'))
      expect(await pid()).toBe(before)
    })

    test('ends a child that was detached, and says so', async () => {
      const { rows } = await run(
        body(
          "const options = { stdio: 'ignore', detached: true }",
          "const child = require('node:child_process').spawn('sleep', ['600'], options)",
          'child.unref()',
          'yield { n: child.pid }',
        ),
      )
      expect(bench.logs.join()).toContain('it left a child process running')
      await expect.poll(() => processState(Number(rows[0]?.n))).toMatch(/gone|Z/)
    })

    test('takes along what a function has started', async () => {
      const { rows } = await run(
        body(
          "const { spawn } = await import('node:child_process')",
          "const child = spawn('sleep', ['600'], { stdio: 'ignore' })",
          'child.unref()',
          'process.exitCode = 1',
          'yield { n: child.pid }',
        ),
      )
      await pid()
      await expect.poll(() => processState(Number(rows[0]?.n))).toMatch(/gone|Z/)
    })

    test('replaces a process after so many tasks', async () => {
      const few = await RuntimeBench.open(() =>
        createTypeScriptRuntime({ slots: 1, log: silentLog, maxTasks: 2 }),
      )
      const pids: unknown[] = []
      for (let i = 0; i < 4; i++)
        pids.push(
          (await few.run('export default () => [{ n: process.pid }]', 'ts', { n: 'INTEGER' })).rows[0]?.n,
        )
      await few.close()
      expect(pids[0]).toBe(pids[1])
      expect(pids[2]).toBe(pids[3])
      expect(pids[1]).not.toBe(pids[2])
    })

    test('lets no more run at once than it has slots, and a waiting one can be stopped', async () => {
      const abort = new AbortController()
      const slow = run(
        body("ctx.log.info('started')", 'await new Promise((r) => setTimeout(r, 400))', 'yield { n: 1 }'),
      )
      await expect.poll(() => bench.logs).toContain('info started')
      const waiting = run(body('yield { n: 1 }'), { n: 'INTEGER' }, { signal: abort.signal })
      setTimeout(() => abort.abort(new Error('never mind')), 100)
      await expect(waiting).rejects.toThrow('never mind')
      expect((await slow).rows).toEqual([{ n: 1 }])
    })

    test('lets a function clean up when it is aborted', async () => {
      const abort = new AbortController()
      const text = body(
        "ctx.signal.addEventListener('abort', () => ctx.log.info('cleaned up'))",
        "ctx.log.info('started')",
        'await new Promise((r) => setTimeout(r, 10_000))',
      )
      const running = run(text, { n: 'INTEGER' }, { signal: abort.signal })
      await expect.poll(() => bench.logs).toContain('info started')
      abort.abort(new Error('enough'))
      await expect(running).rejects.toThrow('enough')
      expect(bench.logs).toContain('info cleaned up')
    })

    test('ends every process when it is closed', async () => {
      const other = await RuntimeBench.open(open)
      const { rows } = await other.run('export default () => [{ n: process.pid }]', 'ts', { n: 'INTEGER' })
      await other.close()
      expect(processState(Number(rows[0]?.n))).toMatch(/gone|Z/)
    })
  })

  test('stdout and stderr of any road become log lines', async () => {
    await run(
      body(
        "console.log('a %d', 1)",
        "console.error('b')",
        "process.stdout.write('c')",
        "require('node:fs').writeSync(2, 'd\\n')",
        "require('node:child_process').execSync('echo e', { stdio: 'inherit' })",
        "console.log('x'.repeat(10_000))",
        'yield { n: 1 }',
      ),
    )
    expect(bench.logs).toEqual(expect.arrayContaining(['info a 1', 'warn b', 'warn d', 'info e']))
    expect(bench.logs.some((line) => line.startsWith('info cxxx') && line.endsWith('more characters)'))).toBe(
      true,
    )
  })

  test('a project behind a symbolic link is told by its own names', async () => {
    const link = join(bench.root, 'link')
    await symlink(bench.root, link)
    await bench.write('assets/linked.ts', "export default () => {\n  throw new Error('here')\n}")
    const request = await bench.request(
      join(link, 'assets/linked.ts'),
      { n: 'INTEGER' },
      { projectRoot: link },
    )
    await expect(bench.runtime.run(request, bench.host(), new AbortController().signal)).rejects.toThrow(
      'threw at assets/linked.ts:2: here',
    )
  })
})

function processState(pid: number): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? 'unknown'
  } catch {
    return 'gone'
  }
}
