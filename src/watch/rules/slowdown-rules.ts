import type { Slowdown } from '../../detect/slowdown.js'
import type { AssetName } from '../../domain/asset.js'
import type { Look } from '../look.js'
import type { Symptom } from '../symptom.js'
import { againstUsual, durationText, percentText } from '../words.js'

export const slowdownKey = (asset: AssetName): string => `slowdown:${asset}`

/** Steps that take longer and longer, each of them as usual after the one before. */
export function slowdownSymptoms(look: Look): Symptom[] {
  return look.assets.flatMap(({ name }) => {
    const found = look.slowdowns.get(name)
    return found ? [slower(name, found, look)] : []
  })
}

function slower(name: AssetName, { value, reference, since, sizeRatio }: Slowdown, look: Look): Symptom {
  const weeks = Math.max(1, Math.round((look.now - since) / WEEK_MS))
  const than = `${weeks === 1 ? '1 week' : `${weeks} weeks`} ago`
  return {
    key: slowdownKey(name),
    kind: 'slow',
    severity: 'warning',
    asset: name,
    title: `${name} takes ${durationText(value)}, ${againstUsual(value, reference)} of ${than} (${durationText(reference)}), for ${rowsAgainst(sizeRatio)}`,
    effect: 'It got slower step by step; its rows and all that is built from them come later than they did.',
    next: `What it reads: millrace lineage ${name} · Set it a limit: budget: in its header`,
    run: look.latest.get(name)?.run ?? null,
    observation: { metric: 'duration_ms', unit: 'ms', value, low: null, high: reference },
    confirmAfter: 1,
  }
}

const WEEK_MS = 7 * 24 * 60 * 60_000

const rowsAgainst = (ratio: number): string =>
  Math.abs(ratio - 1) < 0.02
    ? 'as many rows'
    : `${percentText(Math.abs(ratio - 1))} ${ratio > 1 ? 'more' : 'fewer'} rows`
