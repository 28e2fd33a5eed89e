import type { CheckResult } from '../domain/check.js'
import type { StepRecord } from '../domain/run.js'
import { selectAssets } from './select.js'
import type { Session } from './session.js'

/** How many steps are looked through for results. */
const STEPS = 20

/** The latest result of each check of each asset, with the sample rows that were kept. */
export async function latestChecks(session: Session, select: string | null): Promise<readonly CheckResult[]> {
  const { project } = session.loaded
  const store = await session.services.store()
  const names = select === null ? project.assets.map(({ name }) => name) : selectAssets(project, select)
  const found = await Promise.all(names.map(async (name) => latestResults(await store.steps(name, STEPS))))
  return found.flat()
}

/**
 * Results of the newest step that judged rows it had built, under those of steps after it that judged them again by
 * changed checks only. `steps` are newest first.
 */
export function latestResults(
  steps: readonly Pick<StepRecord, 'checks' | 'judgedRelease'>[],
): readonly CheckResult[] {
  const judging = steps.filter(({ checks }) => checks.length > 0)
  const built = judging.findIndex(({ judgedRelease }) => judgedRelease === null)
  const latest = new Map<string, CheckResult>()
  for (const { checks } of judging.slice(0, built < 0 ? undefined : built + 1).reverse())
    for (const result of checks) latest.set(result.check, result)
  return [...latest.values()]
}
