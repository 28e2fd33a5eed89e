import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createLimit } from '../base/limit.js'
import type { AssetName } from '../domain/asset.js'
import type { AssetState } from '../domain/asset-state.js'
import type { DeliveryRecord } from '../domain/delivery.js'
import type { Project } from '../domain/project.js'
import type { RunStatus, StepRecord } from '../domain/run.js'
import type { Plan, PlanStep } from '../planner/plan.js'
import type { ExecutorDeps, RunContext } from './context.js'
import { runError } from './errors.js'
import { logEvent } from './log-event.js'
import type { StepOutcome } from './outcome.js'
import { carriedDeliveries } from './release/carried-deliveries.js'
import { deliverAll } from './release/deliver.js'
import { withJudged } from './release/judged-states.js'
import { readPositions } from './release/positions.js'
import type { Floor } from './release/recover.js'
import { releasable } from './release/releasable.js'
import { release } from './release/release.js'
import { releasedRows } from './release/released-rows.js'
import { seenInputs } from './release/seen-inputs.js'
import { runStep } from './step.js'

export type RunRequest = Readonly<{
  plan: Plan
  project: Project
  trigger: string
  /** Checks let pass in this run, by name. */
  accept: ReadonlySet<string>
  /** Numbers of releases and runs start above these: the highest that the warehouse knows. */
  floor: Floor
}>

export type RunResult = Readonly<{
  run: number
  status: RunStatus
  release: number | null
  steps: readonly StepRecord[]
  deliveries: readonly DeliveryRecord[]
  durationMs: number
}>

/**
 * Executes a plan: builds side by side where the graph and the slots allow, releases what passed in one moment,
 * then delivers. Rejects with the signal's reason when it is cut off: before the release nothing becomes visible, after
 * it the release stands and its deliveries are due.
 * @throws RUN_LOCKED if another run holds one of the assets.
 */
export async function runPlan(
  request: RunRequest,
  outside: ExecutorDeps,
  signal: AbortSignal,
): Promise<RunResult> {
  const { plan } = request
  const begun = outside.clock.monotonic()
  const { run } = await outside.store.beginRun({
    trigger: request.trigger,
    at: outside.clock.now(),
    above: request.floor.run,
  })
  let status: RunStatus = 'failed'
  let released: number | null = null
  const emit = logged(outside, run)
  const deps: ExecutorDeps = {
    ...outside,
    emit: (event) => {
      // Known even if the run is cut off while it delivers.
      if (event.kind === 'released') released = event.release
      emit(event)
    },
  }
  deps.emit({ kind: 'run-started', run, plan })
  try {
    const result = await runLocked(run, request, deps, signal)
    status = statusOf(result.steps, result.deliveries)
    return { run, status, ...result, durationMs: deps.clock.monotonic() - begun }
  } catch (error) {
    if (signal.aborted) status = 'cancelled'
    throw error
  } finally {
    deps.together.end(run)
    await deps.store.finishRun(run, { status, release: released, at: deps.clock.now() })
    deps.emit({
      kind: 'run-finished',
      run,
      status,
      release: released,
      durationMs: deps.clock.monotonic() - begun,
    })
  }
}

/** Every event of lasting interest also goes to the log, with the run and the step it belongs to. */
function logged({ emit, log }: ExecutorDeps, run: number): ExecutorDeps['emit'] {
  const runLog = log.child({ run })
  return (event) => {
    logEvent(runLog, event)
    emit(event)
  }
}

/**
 * Locks the plan's assets. One that left the project and is still in another run's hands stays for a later run.
 * Resolves to those that can be taken away.
 */
async function lock(run: number, plan: Plan, { store }: ExecutorDeps): Promise<readonly AssetName[]> {
  const steps = plan.steps.map(({ asset }) => asset)
  const locks = await store.acquireLocks(run, [...steps, ...plan.removed])
  if (locks.ok) return plan.removed
  const held = new Set(locks.holders.map(({ asset }) => asset))
  const free = plan.removed.filter((asset) => !held.has(asset))
  const rest = await store.acquireLocks(run, [...steps, ...free])
  if (!rest.ok) throw runError('RUN_LOCKED', { holders: rest.holders })
  return free
}

async function runLocked(run: number, request: RunRequest, deps: ExecutorDeps, signal: AbortSignal) {
  const { together } = deps
  const context = await together.inTurn(signal, () => fixReads(run, request, deps))
  try {
    await mkdir(context.folder, { recursive: true })
    await runSteps(context, signal)
    const result = await together.inTurn(signal, () => conclude(context, request.floor.release, signal))
    if (result.release !== null) await giveSpaceBack(context, signal)
    return result
  } finally {
    await context.workspace.close()
    await rm(context.folder, { recursive: true, force: true })
  }
}

/** Locks what the run builds and fixes what it reads: from here on it sees these releases, whatever others release. */
async function fixReads(run: number, request: RunRequest, deps: ExecutorDeps): Promise<RunContext> {
  const { project } = request
  const removed = await lock(run, request.plan, deps)
  const states = await deps.store.assetStates()
  const workspace = await deps.engine.openWorkspace(run)
  const context: RunContext = {
    deps,
    project,
    plan: { ...request.plan, removed },
    assets: new Map(project.assets.map((asset) => [asset.name, asset])),
    run,
    workspace,
    states,
    outcomes: new Map(),
    accept: request.accept,
    now: deps.clock.now(),
    folder: join(deps.folder, `run-${run}`),
  }
  try {
    await defineReleased(context)
  } catch (error) {
    await workspace.close()
    throw error
  }
  deps.together.begin(run)
  return context
}

/** Release, records and deliveries are one turn: the next release is not delivered before this one. */
async function conclude(context: RunContext, floor: number, signal: AbortSignal) {
  const { deps, run, workspace } = context
  const made = await releasePassed(context, floor, signal)
  const records = made.steps
  await deps.store.recordSteps(run, records)
  const noted = [...seenInputs(context, made), ...readPositions(context)]
  await deps.store.saveAssetStates(withJudged(noted, context))
  const states = await deps.store.assetStates()
  await workspace.discard(candidatesToKeep(states, records))
  return { release: made.release, steps: records, deliveries: await deliverDue(states, context, signal) }
}

/** Binds every released asset that a step of this run may read, views after what they read. */
async function defineReleased(context: RunContext): Promise<void> {
  const { workspace, states, assets, plan, project } = context
  const read = new Set<AssetName>()
  const need = (name: AssetName) => {
    if (read.has(name)) return
    read.add(name)
    const asset = assets.get(name)
    if (asset?.materialize === 'view') for (const input of asset.inputs) need(input)
  }
  for (const { asset } of plan.steps) {
    need(asset)
    for (const name of [...(assets.get(asset)?.inputs ?? []), ...(assets.get(asset)?.checkReads ?? [])])
      need(name)
  }
  for (const asset of project.assets) {
    const state = states.get(asset.name)
    if (!read.has(asset.name) || !state?.relation) continue
    await workspace.define(asset.name, releasedRows(asset, state, project))
  }
}

/**
 * Starts each step as soon as those before it have ended and a slot is free. A step that needs a worker process
 * first waits for one: neither its time limit nor its duration count a queue.
 */
async function runSteps(context: RunContext, signal: AbortSignal): Promise<void> {
  const limit = createLimit(context.deps.slots)
  const workers = createLimit(context.deps.workerSlots)
  const ended = new Map<AssetName, Promise<void>>()
  // One step cut off must not leave the others running unattended: all are awaited before the reason is told.
  for (const step of context.plan.steps) {
    const before = step.after.map((name) => ended.get(name))
    ended.set(
      step.asset,
      (async () => {
        await Promise.all(before)
        if (signal.aborted) return
        const turn = () => limit(() => takeStep(step, context, signal))
        const needsWorker = context.assets.get(step.asset)?.body.kind === 'typescript'
        await (needsWorker ? workers(turn) : turn())
      })(),
    )
  }
  const results = await Promise.allSettled(ended.values())
  signal.throwIfAborted()
  const broken = results.find((result) => result.status === 'rejected')
  if (broken) throw broken.reason
}

async function takeStep(step: PlanStep, context: RunContext, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const outcome = await runStep(step, context, signal).catch((error: unknown) => {
    if (signal.aborted) return null
    throw error
  })
  if (!outcome) return
  context.outcomes.set(step.asset, outcome)
  const status = outcome.kind === 'passed' ? 'passed' : outcome.record.status
  context.deps.emit({ kind: 'step-finished', asset: step.asset, status, record: outcome.record })
}

/** Releases what can be released together; what has to stay back becomes `held`. */
async function releasePassed(context: RunContext, floor: number, signal: AbortSignal) {
  const assets = context.plan.steps.map(({ asset }) => context.assets.get(asset)!)
  const views = new Set(
    [...context.states.values()].filter(({ relation }) => relation !== null).map(({ asset }) => asset),
  )
  const { released, staysBack } = releasable(assets, context.outcomes, views)
  const builts = [...context.outcomes.values()].flatMap((outcome) =>
    outcome.kind === 'passed' && released.has(outcome.built.asset) ? [outcome.built] : [],
  )
  const steps = assets.map(({ name }) => finalRecord(context.outcomes.get(name)!, staysBack.get(name)))
  if (builts.length + context.plan.removed.length === 0) return { release: null, released, steps }
  const begun = context.deps.clock.monotonic()
  const known = new Map((await context.deps.store.deliveries()).map((record) => [record.delivery, record]))
  const made = await release(builts, known, floor, context, signal)
  context.deps.together.released(context.run, builts)
  const durationMs = context.deps.clock.monotonic() - begun
  context.deps.emit({ kind: 'released', release: made.release, assets: [...released], durationMs })
  return { release: made.release, released, steps: steps.map((step) => withReleaseTime(step, durationMs)) }
}

function finalRecord(outcome: StepOutcome, because: AssetName | undefined): StepRecord {
  if (outcome.kind !== 'passed' || because === undefined) return outcome.record
  return { ...outcome.record, status: 'held', reason: `stays back with ${because}` }
}

function withReleaseTime(step: StepRecord, durationMs: number): StepRecord {
  if (step.status !== 'released') return step
  return { ...step, metrics: [...step.metrics, { name: 'release_ms', value: durationMs }] }
}

/** Candidates that were released, and held ones, to be looked at. The others have said all they had to say. */
function candidatesToKeep(
  states: ReadonlyMap<AssetName, AssetState>,
  steps: readonly StepRecord[],
): ReadonlySet<string> {
  return new Set([
    ...[...states.values()].flatMap(({ relation }) => relation ?? []),
    ...steps.flatMap(({ status, candidate }) => (status === 'held' && candidate ? [candidate] : [])),
  ])
}

/** What a run has released and delivered stands, whether or not the room of what it replaced can be given back. */
async function giveSpaceBack({ deps, run }: RunContext, signal: AbortSignal): Promise<void> {
  const begun = deps.clock.monotonic()
  const log = deps.log.child({ run })
  try {
    const compaction = await deps.engine.compact(signal)
    if (compaction)
      log.info({ ...compaction, durationMs: deps.clock.monotonic() - begun }, 'the warehouse was compacted')
  } catch (error) {
    if (!signal.aborted)
      log.warn({ err: error }, 'the warehouse could not be compacted; the next run tries again')
  }
}

async function deliverDue(
  states: ReadonlyMap<AssetName, AssetState>,
  { deps, project, plan }: RunContext,
  signal: AbortSignal,
): Promise<readonly DeliveryRecord[]> {
  const records = new Map((await deps.store.deliveries()).map((record) => [record.delivery, record]))
  const { due, held } = carriedDeliveries(project.assets, states, records)
  if (held.length > 0) await deps.store.saveDeliveries(held)
  for (const record of held) deps.emit({ kind: 'delivered', record })
  if (due.length === 0) return held
  const carried = await deliverAll(due, { deps, project, environment: plan.environment, states }, signal)
  return [...held, ...carried]
}

function statusOf(steps: readonly StepRecord[], deliveries: readonly DeliveryRecord[]): RunStatus {
  if (
    steps.some(({ status }) => status === 'failed') ||
    deliveries.some(({ status }) => status === 'refused')
  )
    return 'failed'
  // A step is skipped alone where rows that it reads were held before and their asset was not asked for.
  return steps.some(({ status }) => status === 'held' || status === 'skipped') ? 'held' : 'done'
}
