import { SLOT_MS, type StepSlot } from '../../adapters/state/history-store.js'
import type { AssetName } from '../../domain/asset.js'
import type { Health, Strip, StripCell } from './shapes.js'
import type { AssetStanding } from './standings.js'

const DAY_MS = 86_400_000
/** More rows than fit a screen help nobody; trouble comes first. */
const MOST_ROWS = 40
const WORST_FIRST: readonly Health[] = ['failed', 'held', 'late', 'never', 'fresh']

/** The rows that are shown: assets in trouble first, then by name. */
export function stripRows(standings: readonly AssetStanding[]): readonly AssetStanding[] {
  const rank = ({ health }: AssetStanding) => (health === 'never' ? 4 : WORST_FIRST.indexOf(health))
  return [...standings]
    .sort((a, b) => rank(a) - rank(b) || a.asset.name.localeCompare(b.asset.name))
    .slice(0, MOST_ROWS)
}

/** Start of the first slot: the last one holds this moment. */
export const stripStart = (now: number): number =>
  Math.floor(now / SLOT_MS) * SLOT_MS - (DAY_MS / SLOT_MS - 1) * SLOT_MS

/** `building`: assets whose step goes on, with the run. Late assets show it from the missed tick on. */
export function makeStrip(
  standings: readonly AssetStanding[],
  slots: readonly StepSlot[],
  building: ReadonlyMap<AssetName, number>,
  now: number,
): Strip {
  const start = stripStart(now)
  const count = DAY_MS / SLOT_MS
  const shown = stripRows(standings)
  const known = new Map<string, StepSlot>(slots.map((slot) => [`${slot.asset} ${slot.at}`, slot]))
  const rows = shown.map((standing) => ({
    asset: standing.asset.name,
    cells: Array.from({ length: count }, (_, index) => {
      const at = start + index * SLOT_MS
      return cell(standing, at, known.get(`${standing.asset.name} ${at}`), building, now)
    }),
  }))
  return { start, slotMs: SLOT_MS, slots: count, rows, more: standings.length - rows.length }
}

function cell(
  { asset, latest, lateSince }: AssetStanding,
  at: number,
  slot: StepSlot | undefined,
  building: ReadonlyMap<AssetName, number>,
  now: number,
): StripCell | null {
  const run = building.get(asset.name)
  if (run !== undefined && at <= now && now < at + SLOT_MS)
    return { status: 'running', run, steps: (slot?.steps ?? 0) + 1 }
  if (slot) return { status: slot.status, run: slot.run, steps: slot.steps }
  if (lateSince !== null && at + SLOT_MS > lateSince)
    return { status: 'late', run: latest?.run ?? 0, steps: 0 }
  return null
}
