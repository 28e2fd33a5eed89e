import type { LiveEvent, LogLine, RunDetail, RunSummary } from '../../src/app/api/shapes.js'
import type { StepRecord, StepStatus } from '../../src/domain/run.js'
import type { RunEvent } from '../../src/executor/events.js'
import type { PlanStep } from '../../src/planner/plan.js'
import type { Made } from './made-assets.js'
import { LAST_RUN, stepRecord } from './made-runs.js'

type Publish = (event: { kind: 'run'; run: number; event: RunEvent }) => LiveEvent

/** A run that really goes on, one after another: its state is what its events said. */
export class LiveRuns {
  current: { detail: RunDetail; log: LogLine[] } | null = null
  readonly past: { detail: RunDetail; log: LogLine[] }[] = []
  private next = LAST_RUN + 1
  private timers: NodeJS.Timeout[] = []

  constructor(
    private readonly made: readonly Made[],
    private readonly publish: Publish,
    private readonly pace: number,
  ) {}

  summaries(): readonly RunSummary[] {
    return (this.current ? [this.current, ...this.past] : this.past).map(({ detail }) => {
      const steps: Record<StepStatus, number> = { released: 0, unchanged: 0, held: 0, failed: 0, skipped: 0 }
      for (const { status } of detail.steps) steps[status]++
      return { ...detail.run, steps, total: Object.keys(detail.inputs).length }
    })
  }

  find(run: number) {
    return [...(this.current ? [this.current] : []), ...this.past].find(
      ({ detail }) => detail.run.run === run,
    )
  }

  start(trigger = 'schedule'): number {
    if (this.current) return this.current.detail.run.run
    const run = this.next++
    const made = this.made.slice(0, 14)
    const startedAt = Date.now()
    this.current = {
      detail: {
        run: {
          run,
          status: 'running',
          environment: 'prod',
          startedAt,
          finishedAt: null,
          release: null,
          trigger,
        },
        steps: [],
        running: [],
        waiting: made.map(({ name }) => name),
        release: null,
        deliveries: [],
        inputs: Object.fromEntries(made.map(({ name, inputs }) => [name, inputs])),
      },
      log: [],
    }
    this.tell(run, { kind: 'run-started', run, plan: planOf(made, startedAt) })
    this.schedule(run, made)
    return run
  }

  cancel(): void {
    for (const timer of this.timers) clearTimeout(timer)
    this.end('cancelled')
  }

  private schedule(run: number, made: readonly Made[]): void {
    const ends = new Map<string, number>()
    const after = (ms: number, work: () => void) => this.timers.push(setTimeout(work, ms))
    for (const one of made) {
      const begin = 300 + Math.max(0, ...one.inputs.map((input) => ends.get(input) ?? 0))
      const length = one.usualMs * 3 * this.pace
      ends.set(one.name, begin + length)
      after(begin, () => this.begin(run, one))
      for (let part = 1; part < 8; part++) {
        after(begin + (length * part) / 10, () =>
          this.tell(run, {
            kind: 'step-progress',
            asset: one.name,
            percent: part * 12,
            rows: Math.round((one.rows * part) / 8),
          }),
        )
      }
      after(begin + length * 0.85, () => this.check(run, one))
      after(begin + length, () => this.pass(run, one, Date.now() - length, length))
    }
    const end = Math.max(...ends.values())
    after(end + 500, () => this.release(run, made))
    after(end + 1_200, () => this.end('done'))
  }

  private begin(run: number, made: Made): void {
    const { detail } = this.current!
    this.update({
      waiting: detail.waiting.filter((name) => name !== made.name),
      running: [
        ...detail.running,
        {
          asset: made.name,
          startedAt: Date.now(),
          phase: 'building',
          percent: null,
          rows: null,
          usualMs: made.usualMs * 3 * this.pace,
        },
      ],
    })
    this.tell(run, { kind: 'step-started', asset: made.name, usualMs: made.usualMs * 3 * this.pace })
    this.log('info', made.name, 'building')
  }

  private check(run: number, made: Made): void {
    this.phase(made.name, 'checking')
    this.tell(run, { kind: 'step-checking', asset: made.name, rows: made.rows })
  }

  private pass(run: number, made: Made, startedAt: number, durationMs: number): void {
    this.phase(made.name, 'passed')
    const record = stepRecord(made, 'released', startedAt, durationMs)
    this.records.push(record)
    this.tell(run, { kind: 'step-finished', asset: made.name, status: 'passed', record })
    this.log('info', made.name, `passed in ${Math.round(durationMs)} ms, waits for the release`)
  }

  private records: StepRecord[] = []

  private release(run: number, made: readonly Made[]): void {
    this.update({
      running: [],
      steps: this.records,
      release: { release: run, run, at: Date.now(), assets: made.map(({ name }) => name) },
    })
    for (const record of this.records)
      this.tell(run, { kind: 'step-finished', asset: record.asset, status: 'released', record })
    this.records = []
    this.tell(run, { kind: 'released', release: run, assets: made.map(({ name }) => name), durationMs: 41 })
    this.log('info', null, `release ${run} is visible`)
  }

  private end(status: 'done' | 'cancelled'): void {
    const { detail } = this.current!
    const { run, startedAt } = detail.run
    const release = status === 'done' ? run : null
    this.update({ running: [], waiting: [], run: { ...detail.run, status, finishedAt: Date.now(), release } })
    this.past.unshift(this.current!)
    this.current = null
    this.timers = []
    this.records = []
    this.tell(run, { kind: 'run-finished', run, status, release, durationMs: Date.now() - startedAt })
  }

  private phase(asset: string, phase: 'checking' | 'passed'): void {
    this.update({
      running: this.current!.detail.running.map((step) => (step.asset === asset ? { ...step, phase } : step)),
    })
  }

  private update(part: Partial<RunDetail>): void {
    this.current = { ...this.current!, detail: { ...this.current!.detail, ...part } }
  }

  private log(level: LogLine['level'], asset: string | null, message: string): void {
    const { log, detail } = this.current!
    log.push({ line: log.length + 1, at: Date.now(), level, asset, message, fields: {} })
    if (asset) this.tell(detail.run.run, { kind: 'step-log', asset, level, message })
  }

  private tell(run: number, event: RunEvent): void {
    this.publish({ kind: 'run', run, event })
  }
}

function planOf(made: readonly Made[], at: number) {
  const steps = made.map(
    (one): PlanStep => ({
      asset: one.name,
      action: 'build',
      scope: { kind: 'all' } as unknown as PlanStep['scope'],
      reasons: [],
      fingerprint: '',
      full: false,
      window: null,
      inputs: one.inputs,
      after: one.inputs,
      checks: 2,
      deliveries: one.deliver,
      usualMs: one.usualMs,
    }),
  )
  return {
    project: 'washrooms',
    environment: 'prod',
    at,
    options: { selected: null, full: false, window: null },
    steps,
    removed: [],
    waiting: [],
    stages: [],
  }
}
