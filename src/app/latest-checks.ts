import type { CheckResult } from '../domain/check.js'
import { selectAssets } from './select.js'
import type { Session } from './session.js'

/** Check results of each asset's latest run that judged it, with the sample rows that were kept. */
export async function latestChecks(session: Session, select: string | null): Promise<readonly CheckResult[]> {
  const { project } = session.loaded
  const store = await session.services.store()
  const names = select === null ? project.assets.map(({ name }) => name) : selectAssets(project, select)
  const found = await Promise.all(
    names.map(
      async (name) => (await store.steps(name, 20)).find(({ checks }) => checks.length > 0)?.checks ?? [],
    ),
  )
  return found.flat()
}
