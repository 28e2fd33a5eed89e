import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '../executor/events.js'
import { recover } from '../executor/release/recover.js'
import { type RunResult, runPlan } from '../executor/run.js'
import type { Plan } from '../planner/plan.js'
import { judgeCandidate } from '../quality/judge.js'
import { judgeReleased } from '../quality/judge-released.js'
import { acceptedChecks } from './accepted-checks.js'
import { type PlanRequest, planProject, type Retiring } from './plan-project.js'
import { openRunLog } from './run-log/write.js'
import { workerMemoryBytes, workerSlots } from './services.js'
import type { Session } from './session.js'

export type RunRequest = PlanRequest &
  Retiring &
  Readonly<{
    trigger: string
    /** Checks let pass in this run, by name. */
    accept: readonly string[]
  }>

/**
 * Settles what a crash may have left, plans, and runs the plan.
 * @throws PROJECT_INVALID, RUN_LOCKED, ENGINE_BUSY; the signal's reason when it is cut off
 */
export async function runProject(
  session: Session,
  request: RunRequest,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<{ plan: Plan; result: RunResult }> {
  const { services, loaded } = session
  const { clock, log, together } = services
  const [store, engine] = await Promise.all([services.store(), services.engine()])
  const floor = await together.inTurn(signal, () => recover({ engine, store, clock, log }))
  const plan = await planProject(session, request, 'left')
  const accept = acceptedChecks(
    request.accept,
    loaded.project,
    plan.steps.map(({ asset }) => asset),
  )
  prewarm(session, plan)
  const runLog = openRunLog(loaded.project.home, clock, log)
  const result = await runPlan(
    { plan, project: loaded.project, trigger: request.trigger, accept, floor },
    {
      engine,
      store,
      clock,
      log,
      openSource: services.source,
      openSink: services.sink,
      openRuntime: services.runtime,
      together,
      judge: judgeCandidate,
      judgeReleased,
      folder: join(loaded.project.home, 'tmp'),
      slots: Math.max(4, availableParallelism()),
      workerSlots: workerSlots(),
      workerMemoryBytes: workerMemoryBytes(),
      emit: (event) => {
        runLog.note(event)
        emit(event)
      },
    },
    signal,
  ).finally(runLog.close)
  return { plan, result }
}

/** Worker processes take a moment to start; they do it while the sources load. A failure shows at the first use. */
function prewarm({ services, loaded }: Session, plan: Plan): void {
  const bodies = new Map(loaded.project.assets.map(({ name, body }) => [name, body.kind]))
  if (plan.steps.some(({ asset }) => bodies.get(asset) === 'typescript')) services.runtime().catch(() => {})
}
