import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type {
  Candidate,
  Engine,
  ReleaseChange,
  ReleaseRequest,
  RowChange,
  Workspace,
} from '../../../src/adapters/engines/engine.js'
import { physicalName } from '../../../src/adapters/engines/physical-name.js'
import { MillraceError } from '../../../src/base/errors.js'
import type { Column } from '../../../src/domain/column.js'
import type { Interval } from '../../../src/domain/interval.js'
import { batches, batchOf, columns, type Row } from '../rows.js'

export const HOUR = 3_600_000
export const at = (text: string): number => Date.parse(`${text}Z`)
export const hours = (from: string, count = 1): Interval => ({
  start: at(from),
  end: at(from) + count * HOUR,
})
export const never = () => new AbortController().signal

export const TIMED = columns({ id: 'INTEGER', seen: 'TIMESTAMP WITH TIME ZONE', v: 'INTEGER' })
export const timed = (rows: string) =>
  `select id::INTEGER as id, seen::TIMESTAMP WITH TIME ZONE as seen, v::INTEGER as v from (values ${rows}) as t(id, seen, v)`

/** Opens an engine on the warehouse in `folder`, which is fresh for each test. */
export type OpenEngine = (folder: string) => Promise<Engine>
export type Skip = Readonly<Record<string, string>>
export type Bench = ReturnType<typeof createBench>

/** One engine, one run at a time, and short words for what tests do with them. */
export function createBench(open: OpenEngine, skip: Skip) {
  // Both are set before each test.
  const bench = { open, folder: '', run: 1, release: 0 } as {
    open: OpenEngine
    folder: string
    run: number
    release: number
    engine: Engine
    workspace: Workspace
  }

  const setUp = async () => {
    bench.folder = await mkdtemp(join(tmpdir(), 'engine-'))
    bench.engine = await open(bench.folder)
    bench.run = 1
    bench.release = 0
    bench.workspace = await bench.engine.openWorkspace(bench.run)
  }

  const tearDown = async () => {
    await bench.workspace.close()
    await bench.engine.close()
    await rm(bench.folder, { recursive: true, force: true })
  }

  const claim = (title: string, test: () => Promise<void>) =>
    skip[title] === undefined ? it(title, test) : it.skip(`${title} (${skip[title]})`, test)

  /** Starts the next run with fresh names. */
  const nextRun = async () => {
    await bench.workspace.close()
    bench.run++
    bench.workspace = await bench.engine.openWorkspace(bench.run)
  }

  const build = (asset: string, sql: string, ranges?: readonly Interval[]): Promise<Candidate> =>
    bench.workspace.build(
      { asset, relation: physicalName(asset, bench.run), sql, parameters: {}, ...(ranges && { ranges }) },
      {},
      never(),
    )

  const ingest = (asset: string, layout: readonly Column[], rows: readonly Row[]): Promise<Candidate> =>
    bench.workspace.ingest(
      {
        asset,
        relation: physicalName(asset, bench.run),
        columns: layout,
        payload: { kind: 'columns', batches: batches(batchOf(layout, rows)), sent: () => rows.length },
      },
      {},
      never(),
    )

  const releaseAll = (changes: readonly ReleaseChange[], extra: Partial<ReleaseRequest> = {}) =>
    bench.engine.release(
      {
        release: ++bench.release,
        run: bench.run,
        environment: 'prod',
        at: 1000 + bench.release,
        changes,
        retire: [],
        ...extra,
      },
      never(),
    )

  const changeOf = (
    asset: string,
    candidate: Candidate,
    change: RowChange,
    extra: Partial<ReleaseChange> = {},
  ): ReleaseChange => ({
    asset,
    columns: candidate.columns,
    change,
    deliveries: [],
    quarantined: false,
    ...extra,
  })

  const replace = (candidate: Candidate, live: string | null = null): RowChange => ({
    kind: 'replace',
    candidate: candidate.relation,
    live,
  })

  /** Builds and releases an asset whole; returns its relation. */
  const publish = async (asset: string, sql: string, extra: Partial<ReleaseChange> = {}) => {
    const candidate = await build(asset, sql)
    await releaseAll([changeOf(asset, candidate, replace(candidate), extra)])
    await nextRun()
    return candidate
  }

  const read = async (sql: string) =>
    (await bench.engine.query({ sql, parameters: {}, maxRows: 1000 }, never())).rows

  const failure = async (work: Promise<unknown>): Promise<MillraceError> => {
    const error: unknown = await work.then(
      () => null,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(MillraceError)
    // Just checked.
    return error as MillraceError
  }

  return Object.assign(bench, {
    setUp,
    tearDown,
    claim,
    nextRun,
    build,
    ingest,
    releaseAll,
    changeOf,
    replace,
    publish,
    read,
    failure,
  })
}
