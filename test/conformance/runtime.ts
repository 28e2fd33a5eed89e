import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  InputRefused,
  type Runtime,
  type RuntimeHost,
  type RuntimeRequest,
  type RuntimeResult,
} from '../../src/adapters/runtimes/runtime.js'
import type { MillraceError } from '../../src/base/errors.js'
import type { Json } from '../../src/base/json.js'
import type { Column } from '../../src/domain/column.js'
import type { Interval } from '../../src/domain/interval.js'

/** What an asset's author writes in the runtime's language to do each of these things. */
export type RuntimeFixtures = Readonly<{
  /** `py`, `ts`. */
  extension: string
  /** Yields `{ n }` for n from 0 to 9,999 without an input. */
  counts: string
  /** Yields every row of `raw.numbers` (`n` INTEGER, `label` VARCHAR) with `n` doubled. */
  doubles: string
  /** Yields no row. */
  nothing: string
  /** Reads `raw.secret`, which is not among its inputs. */
  readsUndeclared: string
  /** Throws an error with the message `boom` in line 2. */
  throwsInLineTwo: string
  /** Is no valid source text, in line 2. */
  brokenInLineTwo: string
  /** Yields `{ n: 1 }`, `{ n: 2 }`, then `{ n: 'three' }`. */
  wrongThirdRow: string
  /** Yields a row with a field `extra` that no column declares. */
  extraField: string
  /** Never ends and never waits. */
  busyLoop: string
  /** Waits for something that never comes, letting others work meanwhile. */
  waitsForever: string
  /** Ends its process with code 3. */
  exits: string
  /** Kills its process with SIGKILL. */
  killsItself: string
  /** Keeps all memory it can get. */
  hoards: string
  /** Prints 200,000 lines, then yields `{ n: 1 }`. */
  floods: string
  /** Logs `hello` at level info, reports the metric `answer` as 42, yields `{ n: 1 }`. */
  talks: string
  /** Yields `{ text }` with JSON of `[interval.start, interval.end]` as ISO times and of the var `limit`. */
  tellsContext: string
}>

type Outcome = { result: RuntimeResult; rows: Record<string, unknown>[] }

/** What the tests of a runtime need: a project folder, a host that keeps what it hears, and a way to read rows. */
export class RuntimeBench {
  readonly logs: string[] = []
  readonly metrics: [string, number][] = []
  private files = 0

  private constructor(
    readonly root: string,
    readonly runtime: Runtime,
    readonly duckdb: DuckDBInstance,
  ) {}

  static async open(open: () => Runtime): Promise<RuntimeBench> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'millrace-runtime-')))
    return new RuntimeBench(root, open(), await DuckDBInstance.create(':memory:'))
  }

  async close(): Promise<void> {
    await this.runtime.close()
    this.duckdb.closeSync()
    await rm(this.root, { recursive: true, force: true })
  }

  async write(file: string, text: string): Promise<string> {
    const path = join(this.root, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    return path
  }

  /** Writes a query's rows as an input file. */
  async input(sql: string): Promise<string> {
    const path = join(this.root, `input-${this.files++}.parquet`)
    const connection = await this.duckdb.connect()
    await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`)
    connection.closeSync()
    return path
  }

  /** Files with rows, as one table in the order of the list. */
  async read(files: readonly string[]): Promise<Record<string, unknown>[]> {
    const connection = await this.duckdb.connect()
    const list = files.map((file) => `'${file}'`).join(', ')
    const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet([${list}])`)
    const rows = reader.getRowObjectsJson() as Record<string, unknown>[]
    connection.closeSync()
    return rows
  }

  async folder(): Promise<string> {
    const folder = join(this.root, `rows-${this.files++}`)
    await mkdir(folder)
    return folder
  }

  host(inputs: Readonly<Record<string, readonly string[]>> = {}): RuntimeHost {
    return {
      input: async (name) => inputs[name] ?? [],
      log: (level, message) => this.logs.push(`${level} ${message}`),
      metric: (name, value) => this.metrics.push([name, value]),
      progress: () => {},
    }
  }

  async request(
    modulePath: string,
    columns: Readonly<Record<string, string>>,
    more: Partial<RuntimeRequest> = {},
  ): Promise<RuntimeRequest> {
    return {
      asset: 'marts.thing',
      modulePath,
      projectRoot: this.root,
      inputs: [],
      columns: Object.entries(columns).map(([name, type]): Column => ({ name, type })),
      interval: null,
      timezone: 'UTC',
      vars: {},
      folder: await this.folder(),
      timeoutMs: 20_000,
      memoryLimitBytes: 256 * 1_048_576,
      ...more,
    }
  }

  /** Runs an asset with this source text. */
  async run(
    text: string,
    extension: string,
    columns: Readonly<Record<string, string>>,
    more: Partial<RuntimeRequest> & {
      files?: Readonly<Record<string, readonly string[]>>
      signal?: AbortSignal
    } = {},
  ): Promise<Outcome> {
    const { files = {}, signal, ...rest } = more
    const path = await this.write(`assets/marts/thing${this.files++}.${extension}`, text)
    const request = await this.request(path, columns, { inputs: Object.keys(files), ...rest })
    this.logs.length = 0
    this.metrics.length = 0
    const result = await this.runtime.run(request, this.host(files), signal ?? new AbortController().signal)
    return { result, rows: await this.read(result.files) }
  }
}

/** The promises every runtime makes, tried with real processes. */
export function runtimeConformance(name: string, open: () => Runtime, fixtures: RuntimeFixtures): void {
  describe(`${name} as a runtime`, () => {
    let bench: RuntimeBench
    const run = (
      text: string,
      columns: Readonly<Record<string, string>> = { n: 'INTEGER' },
      more: Parameters<RuntimeBench['run']>[3] = {},
    ) => bench.run(text, fixtures.extension, columns, more)
    const failure = (text: string, more: Parameters<RuntimeBench['run']>[3] = {}): Promise<MillraceError> =>
      run(text, { n: 'INTEGER' }, more).then(
        () => expect.fail('it should have failed'),
        (error: unknown) => error as MillraceError,
      )
    const healthy = async () => expect((await run(fixtures.talks)).rows).toEqual([{ n: 1 }])

    beforeAll(async () => {
      bench = await RuntimeBench.open(open)
    })
    afterAll(() => bench.close())

    test('writes the rows in the order they were yielded', async () => {
      const { result, rows } = await run(fixtures.counts)
      expect(rows).toEqual(Array.from({ length: 10_000 }, (_, n) => ({ n })))
      expect(result.rowsOut).toBe(10_000)
      expect(result.peakMemoryBytes).toBeGreaterThan(1_000_000)
    })

    test('reads the files of an input in order, and counts the rows', async () => {
      const one = await bench.input(`SELECT i::INTEGER AS n, 'x' || i AS label FROM range(3000) t(i)`)
      const two = await bench.input(
        `SELECT 3000 + i::INTEGER AS n, NULL::VARCHAR AS label FROM range(3) t(i)`,
      )
      const { result, rows } = await run(
        fixtures.doubles,
        { n: 'INTEGER', label: 'VARCHAR' },
        { files: { 'raw.numbers': [one, two] } },
      )
      expect(result).toMatchObject({ rowsIn: 3003, rowsOut: 3003 })
      expect(rows[1]).toEqual({ n: 2, label: 'x1' })
      expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 3003 }, (_, n) => n * 2))
      expect(rows[3002]).toEqual({ n: 6004, label: null })
    })

    test('writes a file with the columns even without rows', async () => {
      const { result, rows } = await run(fixtures.nothing)
      expect(rows).toEqual([])
      expect(result.files).toHaveLength(1)
      expect(result.rowsOut).toBe(0)
    })

    test('tells the interval and the vars', async () => {
      const interval: Interval = { start: Date.UTC(2024, 0, 1), end: Date.UTC(2024, 0, 2) }
      const vars: Record<string, Json> = { limit: 7 }
      const { rows } = await run(fixtures.tellsContext, { text: 'VARCHAR' }, { interval, vars })
      expect(JSON.parse(String(rows[0]?.text))).toEqual([
        '2024-01-01T00:00:00.000Z',
        '2024-01-02T00:00:00.000Z',
        7,
      ])
    })

    test('hands on log lines and metrics', async () => {
      await run(fixtures.talks)
      expect(bench.logs).toContain('info hello')
      expect(bench.metrics).toEqual([['answer', 42]])
    })

    test('refuses an input that inputs: does not name', async () => {
      expect(await failure(fixtures.readsUndeclared)).toMatchObject({
        code: 'RUNTIME_INPUT_UNDECLARED',
        params: { input: 'raw.secret' },
      })
    })

    test('tells the author’s own file and line of what was thrown', async () => {
      const error = await failure(fixtures.throwsInLineTwo)
      expect(error.code).toBe('RUNTIME_CODE_THREW')
      expect(error.message).toMatch(/ threw at assets\/marts\/thing\d+\.\w+:2: .*boom/)
      await healthy()
    })

    test('tells the line of a file that is no valid source text', async () => {
      const error = await failure(fixtures.brokenInLineTwo)
      expect(error.code).toBe('RUNTIME_NOT_LOADED')
      expect(error.message).toMatch(/assets\/marts\/thing\d+\.\w+:2 could not be loaded/)
    })

    test('names the row and column of a value that does not fit, and writes nothing', async () => {
      expect(await failure(fixtures.wrongThirdRow)).toMatchObject({
        code: 'RUNTIME_ROW_INVALID',
        params: { row: 3, column: 'n' },
      })
      await healthy()
    })

    test('refuses a field that no column declares', async () => {
      expect(await failure(fixtures.extraField)).toMatchObject({
        code: 'RUNTIME_ROW_INVALID',
        params: { row: 1, column: 'extra' },
      })
    })

    test('passes on the host’s own error when an input cannot be written', async () => {
      const path = await bench.write(`assets/marts/reads.${fixtures.extension}`, fixtures.doubles)
      const request = await bench.request(
        path,
        { n: 'INTEGER', label: 'VARCHAR' },
        { inputs: ['raw.numbers'] },
      )
      const broken = new Error('no disk')
      const host = { ...bench.host(), input: () => Promise.reject(broken) }
      await expect(bench.runtime.run(request, host, new AbortController().signal)).rejects.toBe(broken)
      await healthy()
    })

    test('tells whose line asked for an input as it cannot be given', async () => {
      const path = await bench.write(`assets/marts/asks.${fixtures.extension}`, fixtures.doubles)
      const request = await bench.request(
        path,
        { n: 'INTEGER', label: 'VARCHAR' },
        { inputs: ['raw.numbers'] },
      )
      const refused = new InputRefused('raw.numbers', 'it has no column m', 'Did you mean "n"?')
      const host = { ...bench.host(), input: () => Promise.reject(refused) }
      const running = bench.runtime.run(request, host, new AbortController().signal)
      await expect(running).rejects.toMatchObject({
        code: 'RUNTIME_INPUT_REFUSED',
        hint: 'Did you mean "n"?',
        message: expect.stringMatching(/asks\.\w+:\d+ asks: it has no column m\.$/),
      })
    })

    test.for(['busyLoop', 'waitsForever'] as const)('ends %s at its timeout', async (fixture) => {
      const error = await failure(fixtures[fixture], { timeoutMs: 700 })
      expect(['RUNTIME_TIMED_OUT', 'RUNTIME_STALLED']).toContain(error.code)
      await healthy()
    })

    test.for(['busyLoop', 'waitsForever'] as const)('stops %s within 500 ms of an abort', async (fixture) => {
      const abort = new AbortController()
      const reason = new Error('stopped by hand')
      const running = run(fixtures[fixture], {}, { signal: abort.signal })
      setTimeout(() => abort.abort(reason), 300)
      const aborted = new Promise<number>((resolve) =>
        abort.signal.addEventListener('abort', () => resolve(performance.now())),
      )
      const error: unknown = await running.catch((caught: unknown) => caught)
      if ((error as MillraceError).code === 'RUNTIME_STALLED') return
      expect(error).toBe(reason)
      // 500 ms is the promise; a busy test machine gets some more.
      expect(performance.now() - (await aborted)).toBeLessThan(1_500)
      await healthy()
    })

    test('tells of code that ends its process', async () => {
      expect(await failure(fixtures.exits)).toMatchObject({ code: 'RUNTIME_EXITED', params: { code: 3 } })
      await healthy()
    })

    test('tells of a process that was killed', async () => {
      const error = await failure(fixtures.killsItself)
      expect(error.code).toBe('RUNTIME_CRASHED')
      expect(error.message).toContain('SIGKILL')
      await healthy()
    })

    test('ends a process that takes more memory than its limit', async () => {
      const error = await failure(fixtures.hoards, { memoryLimitBytes: 96 * 1_048_576 })
      expect(error.code).toBe('RUNTIME_OUT_OF_MEMORY')
      expect(error.message).toContain('96 MiB')
      await healthy()
    })

    test('keeps a flood of output small and says how much it dropped', async () => {
      const { rows } = await run(fixtures.floods)
      expect(rows).toEqual([{ n: 1 }])
      expect(bench.logs.length).toBeLessThan(5_000)
      expect(bench.logs.at(-1)).toMatch(/… \d+ lines of log dropped/)
      await healthy()
    })

    test('leaves nothing in its folder but what it names', async () => {
      const { result } = await run(fixtures.counts)
      const folder = dirname(result.files[0] as string)
      const parquet = (await readdir(folder)).filter((file) => file.endsWith('.parquet'))
      expect(parquet.map((file) => join(folder, file)).sort()).toEqual([...result.files])
    })
  })
}
