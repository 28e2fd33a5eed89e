import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Candidate } from '../../adapters/engines/engine.js'
import { physicalName } from '../../adapters/engines/physical-name.js'
import type { RuntimeHost } from '../../adapters/runtimes/runtime.js'
import { type Asset, declaredTypes } from '../../domain/asset.js'
import type { Interval } from '../../domain/interval.js'
import type { Metric } from '../../domain/run.js'
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
  const files: string[] = []
  let rowsIn = 0
  let rowsOut = 0
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
    files.push(...result.files)
    rowsIn += result.rowsIn
    rowsOut += result.rowsOut
    peakMemoryBytes = Math.max(peakMemoryBytes, result.peakMemoryBytes)
  }
  const candidate = await context.workspace.ingest(
    {
      asset: asset.name,
      relation: physicalName(asset.name, context.run),
      columns: declaredTypes(asset),
      payload: { kind: 'files', format: 'parquet', paths: files, options: {}, sent: () => rowsOut },
    },
    {},
    signal,
  )
  return { candidate: { ...candidate, peakMemoryBytes }, rowsIn, metrics }
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
