import type { Plan, PlanStep, Stage } from '../../planner/plan.js'
import type { Reason } from '../../planner/reasons.js'
import type { Scope } from '../../planner/scope.js'
import { exactly, z } from './exactly.js'
import { assetName, instant, interval, milliseconds, orNull } from './values.js'

const scope = exactly<Scope>()(
  z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('none') }),
      z.object({ kind: z.literal('full') }),
      z.object({ kind: z.literal('ranges'), ranges: z.array(interval), deferred: z.array(interval) }),
    ])
    .openapi('Scope'),
)

const reason = exactly<Reason>()(
  z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('new') }),
      z.object({ kind: z.literal('changed') }),
      z.object({ kind: z.literal('asked_full') }),
      z.object({ kind: z.literal('asked_window'), window: interval }),
      z.object({ kind: z.literal('input_rebuilt') }),
      z.object({ kind: z.literal('input_released'), inputs: z.array(assetName) }),
      z.object({ kind: z.literal('pending'), ranges: z.array(interval) }),
      z.object({ kind: z.literal('incomplete'), ranges: z.array(interval) }),
      z.object({ kind: z.literal('polls') }),
      z.object({ kind: z.literal('follows'), inputs: z.array(assetName) }),
      z.object({ kind: z.literal('checks_changed'), checks: z.array(z.string()) }),
      z.object({ kind: z.literal('checks_failed'), checks: z.array(z.string()) }),
    ])
    .openapi('Reason'),
)

const planStep = exactly<PlanStep>()(
  z
    .object({
      asset: assetName,
      action: z.enum(['load', 'build', 'judge', 'follow']),
      scope,
      reasons: z.array(reason),
      fingerprint: z.string(),
      full: z.boolean(),
      window: orNull(interval),
      inputs: z.array(assetName),
      after: z.array(assetName),
      checks: z.number(),
      deliveries: z.array(z.string()),
      usualMs: milliseconds.nullable(),
    })
    .openapi('PlanStep'),
)

const stage = exactly<Stage>()(
  z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('build'), layer: z.number(), assets: z.array(assetName) }),
      z.object({ kind: z.literal('release'), assets: z.array(assetName), retire: z.array(assetName) }),
      z.object({ kind: z.literal('deliver'), connection: z.string(), deliveries: z.array(z.string()) }),
    ])
    .openapi('Stage'),
)

export const plan = exactly<Plan>()(
  z
    .object({
      project: z.string(),
      environment: z.string(),
      at: instant,
      options: z.object({
        selected: z.array(assetName).nullable(),
        full: z.boolean(),
        window: orNull(interval),
      }),
      steps: z.array(planStep),
      removed: z.array(assetName),
      waiting: z.array(z.string()),
      stages: z.array(stage),
    })
    .openapi('Plan'),
)
