import type { QueryResult } from '../../adapters/engines/engine.js'
import type { Overview, SearchHit, Strip, StripCell, Trouble } from '../../app/api/shapes.js'
import type { Finding } from '../../app/finding.js'
import type { ProjectStatus } from '../../app/project-status.js'
import { alert } from './alert.js'
import { materialize, pending } from './asset.js'
import { deliveryRecord } from './delivery.js'
import { exactly, z } from './exactly.js'
import {
  lockHolder,
  queueEntry,
  releaseSummary,
  runRecord,
  runSummary,
  stepOfRun,
  stepStatus,
} from './run.js'
import { assetName, column, diagnostic, instant, json, milliseconds, orNull } from './values.js'

const trouble = exactly<Trouble>()(
  z
    .object({
      kind: z.enum(['held', 'failed', 'late', 'delivery', 'project', 'report', 'alert']),
      asset: assetName.nullable(),
      text: z.string(),
      readers: z.string(),
      run: z.number().nullable(),
      alert: z.number().nullable(),
      next: z.string(),
    })
    .openapi('Trouble'),
)

const stripCell = exactly<StripCell>()(
  z
    .object({
      status: z.enum([...stepStatus.options, 'running', 'late']),
      run: z.number(),
      steps: z.number(),
    })
    .openapi('StripCell'),
)

const strip = exactly<Strip>()(
  z
    .object({
      start: instant,
      slotMs: milliseconds,
      slots: z.number(),
      rows: z.array(z.object({ asset: assetName, cells: z.array(orNull(stripCell)) })),
      more: z.number(),
    })
    .openapi('Strip'),
)

export const overview = exactly<Overview>()(
  z
    .object({
      project: z.string(),
      environment: z.string(),
      now: instant,
      timezone: z.string(),
      projectState: z.object({
        state: z.enum(['good', 'broken']),
        loadedAt: instant,
        diagnostics: z.array(diagnostic),
      }),
      assets: z.object({
        total: z.number(),
        fresh: z.number(),
        late: z.number(),
        held: z.number(),
        failed: z.number(),
        never: z.number(),
      }),
      troubles: z.array(trouble),
      lastRelease: orNull(releaseSummary),
      releases: z.array(releaseSummary),
      running: z.array(runSummary),
      queue: z.array(queueEntry),
      alerts: z.array(alert),
      deliveries: z.object({
        total: z.number(),
        delivered: z.number(),
        waiting: z.number(),
        refused: z.number(),
        held: z.number(),
      }),
      strip,
    })
    .openapi('Overview'),
)

export const projectStatus = exactly<ProjectStatus>()(
  z
    .object({
      project: z.string(),
      environment: z.string(),
      lastRun: orNull(runRecord),
      lastRelease: orNull(releaseSummary),
      assets: z.array(
        z.object({
          asset: assetName,
          materialize,
          release: z.number().nullable(),
          releasedAt: instant.nullable(),
          rows: z.number().nullable(),
          latest: orNull(stepOfRun),
          pending,
        }),
      ),
      deliveries: z.array(deliveryRecord),
      locks: z.array(lockHolder),
      untold: z.array(
        z.object({
          channel: z.string(),
          since: instant,
          waiting: z.number(),
          givenUp: z.number(),
          error: z.string(),
        }),
      ),
    })
    .openapi('ProjectStatus'),
)

export const searchHit = exactly<SearchHit>()(
  z
    .object({
      kind: z.enum(['asset', 'run', 'report', 'alert', 'page']),
      label: z.string(),
      detail: z.string(),
      path: z.string(),
    })
    .openapi('SearchHit'),
)

export const queryResult = exactly<QueryResult>()(
  z
    .object({ columns: z.array(column), rows: z.array(z.array(json)), truncated: z.boolean() })
    .openapi('QueryResult'),
)

export const finding = exactly<Finding>()(
  z
    .object({
      topic: z.string(),
      status: z.enum(['ok', 'warning', 'problem']),
      detail: z.string(),
      hint: z.string(),
    })
    .openapi('Finding'),
)
