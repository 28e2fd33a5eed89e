import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Candidate } from '../../adapters/engines/engine.js'
import { physicalName } from '../../adapters/engines/physical-name.js'
import type { RuntimeHost } from '../../adapters/runtimes/runtime.js'
import { type Asset, declaredTypes } from '../../domain/asset.js'
import type { Interval } from '../../domain/interval.js'
import type { Metric } from '../../domain/run.js'
import { quoteQualified } from '../../sql/quote.js'
import type { RunContext } from '../context.js'
import { writeInput } from './write-input.js'

export type WorkerBuild = Readonly<{ candidate: Candidate; rowsIn: number; metrics: readonly Metric[] }>

/** Runs the module of a TypeScript asset, once per range, and loads the rows it yields. */
export async function buildTypeScript(
  asset: Asset & { body: { kind: 'typescript' } },
  ranges: readonly Interval[] | null,
  context: RunContext,
  signal: AbortSignal,
): Promise<WorkerBuild> {
  const runtime = await context.deps.openRuntime()
  const metrics: Metric[] = []
  const parts: WorkerRows[] = []
  let rowsIn = 0
  let peakMemoryBytes = 0
  for (const [index, interval] of (ranges ?? [null]).entries()) {
    const folder = join(context.folder, `${physicalName(asset.name, context.run)}-${index}`)
    // What an earlier try of the step left there.
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    const host = workerHost(asset, folder, context, metrics, signal)
    const result = await runtime.run(
      {
        asset: asset.name,
        modulePath: asset.body.path,
        projectRoot: context.project.root,
        inputs: asset.inputs,
        columns: declaredTypes(asset),
        interval,
        timezone: context.project.timezone,
        vars: context.project.vars,
        folder,
        timeoutMs: asset.timeoutMs,
        memoryLimitBytes: context.deps.workerMemoryBytes,
      },
      host,
      signal,
    )
    parts.push({ paths: result.files, rows: result.rowsOut })
    rowsIn += result.rowsIn
    peakMemoryBytes = Math.max(peakMemoryBytes, result.peakMemoryBytes)
  }
  const candidate =
    ranges && ranges.length > 1
      ? await oncePerRow(asset, parts, ranges, context, signal)
      : await ingest(asset, physicalName(asset.name, context.run), parts[0], context, signal)
  return { candidate: { ...candidate, peakMemoryBytes }, rowsIn, metrics }
}

/** What the module yielded for one range. */
type WorkerRows = Readonly<{ paths: readonly string[]; rows: number }>

function ingest(
  asset: Asset,
  relation: string,
  { paths, rows }: WorkerRows = { paths: [], rows: 0 },
  context: RunContext,
  signal: AbortSignal,
): Promise<Candidate> {
  const payload = { kind: 'files', format: 'parquet', paths, options: {}, sent: () => rows } as const
  return context.workspace.ingest(
    { asset: asset.name, relation, columns: declaredTypes(asset), payload },
    {},
    signal,
  )
}

/** Rows of several ranges together. A module that yields rows of another of them too, yields those twice. */
async function oncePerRow(
  asset: Asset,
  parts: readonly WorkerRows[],
  ranges: readonly Interval[],
  context: RunContext,
  signal: AbortSignal,
): Promise<Candidate> {
  const relation = physicalName(asset.name, context.run)
  const statements: string[] = []
  for (const [index, part] of parts.entries()) {
    const alias = `millrace_ranges.${asset.name.replace('.', '__')}_${index}`
    const rows = await ingest(asset, `${relation}__range_${index}`, part, context, signal)
    await context.workspace.define(alias, {
      kind: 'relation',
      relation: rows.relation,
      columns: rows.columns,
    })
    statements.push(`select * from ${quoteQualified(alias)}`)
  }
  return context.workspace.build(
    {
      asset: asset.name,
      relation,
      sql: statements,
      parameters: {},
      ranges,
      ...(asset.time && { timeColumn: asset.time.column }),
    },
    {},
    signal,
  )
}

function workerHost(
  asset: Asset,
  folder: string,
  context: RunContext,
  metrics: Metric[],
  signal: AbortSignal,
): RuntimeHost {
  const { emit, log } = context.deps
  const stepLog = log.child({ run: context.run, step: asset.name })
  let inputs = 0
  return {
    input: async (name, options) => {
      const target = join(folder, `input-${inputs++}`)
      await mkdir(target)
      return writeInput(name, options, target, context, signal)
    },
    log: (level, message) => {
      stepLog[level](message)
      emit({ kind: 'step-log', asset: asset.name, level, message })
    },
    metric: (name, value) => metrics.push({ name, value }),
    progress: (_rowsIn, rows) => emit({ kind: 'step-progress', asset: asset.name, rows }),
  }
}
