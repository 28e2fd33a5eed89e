import type { HistoryStore, Judgement } from '../../adapters/state/history-store.js'
import type { AssetName } from '../../domain/asset.js'
import type { CheckResult } from '../../domain/check.js'

/** Among so many judgements it may have failed once before, some runs long: what fails more often is daily life. */
const BEFORE = 50
const TIMES_BEFORE = 1
/** Failures in a row after which failing is usual. */
const STREAK = 20

/** Checks of a step that fail though they hardly ever did before, by name; for so long as that is news. */
export async function turnedChecks(
  history: HistoryStore,
  { asset, run, checks }: { asset: AssetName; run: number; checks: readonly CheckResult[] },
): Promise<readonly string[]> {
  const failing = checks.filter(({ status }) => status !== 'passed').map(({ check }) => check)
  if (failing.length === 0) return []
  const judged = await history.judgements(asset, checks.length * (BEFORE + STREAK))
  return failing.filter((check) => {
    const before = judged.filter((one) => one.check === check && one.run < run)
    const lastPass = before.findIndex(({ status }) => status === 'passed')
    if (lastPass === -1 || lastPass >= STREAK - 1) return false
    return timesFailed(before.slice(lastPass, lastPass + BEFORE)) <= TIMES_BEFORE
  })
}

/** Failures in a row are one time. */
const timesFailed = (judged: readonly Judgement[]): number =>
  judged.filter(({ status }, index) => status !== 'passed' && judged[index - 1]?.status === 'passed').length
