import { digest } from '../../base/digest.js'
import type { Project } from '../../domain/project.js'
import type { Period } from '../../domain/report.js'
import type { Report } from '../../reports/report.js'
import { type States, shownAssets } from './inputs.js'

/** Raised whenever pages come out otherwise for the same input. */
const LOOK = 2

/**
 * What a page is made from, in sixteen digits: the same stamp, the same page but for its date. `over`: whether the
 * period had ended.
 */
export function stamper(
  report: Report,
  project: Project,
  { states, period, over }: Readonly<{ states: States; period: Period; over: boolean }>,
): (tenant: string | null) => string {
  const { name, timezone, tenant: column, vars } = project
  const inputs = shownAssets(report, project).map((asset) => {
    const state = states.get(asset.name)
    return [asset.name, state?.fingerprint ?? null, state?.release ?? 0]
  })
  const common = {
    ...{ LOOK, name, timezone, column, vars, inputs, over },
    ...{ report: report.name, text: report.digest, period: period.label },
  }
  return (tenant) => digest({ ...common, tenant })
}
