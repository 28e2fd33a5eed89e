import { type Asset, type DeliverySpec, deliveryId } from '../../domain/asset.js'
import type { AssetState } from '../../domain/asset-state.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import { failedRules, unsettledChecks } from '../../domain/judged-rules.js'
import { newDelivery } from './release.js'

/** What a run carries out, and what waits because a check has something against the released rows. */
export type CarriedDeliveries = Readonly<{
  due: readonly DeliveryRecord[]
  held: readonly DeliveryRecord[]
}>

/** Deliveries of this release, those that earlier runs left waiting, and those a header has newly asked for. */
export function carriedDeliveries(
  assets: readonly Asset[],
  states: ReadonlyMap<string, AssetState>,
  records: ReadonlyMap<string, DeliveryRecord>,
): CarriedDeliveries {
  const due: DeliveryRecord[] = []
  const held: DeliveryRecord[] = []
  for (const asset of assets) {
    const state = states.get(asset.name)
    const standing = standingOf(asset, state)
    for (const spec of asset.deliver) {
      const record = wantedRecord(asset, spec, records.get(deliveryId(asset.name, spec)), state?.release ?? 0)
      if (record === null) continue
      if (record.status === 'held' ? standing === 'passed' : standing !== 'failed')
        due.push({ ...record, ...(record.status === 'held' && { status: 'waiting', error: null }) })
      else if (record.status !== 'held')
        held.push({ ...record, status: 'held', error: 'a check holds its delivery' })
    }
  }
  return { due, held }
}

/** `unknown`: checks changed that nobody has asked yet. What waits is carried, what is held stays so. */
function standingOf({ checks }: Asset, state: AssetState | undefined): 'passed' | 'failed' | 'unknown' {
  const judged = state?.judged ?? {}
  const failed =
    failedRules(checks, judged, 'block').length + failedRules(checks, judged, 'hold_delivery').length
  if (failed > 0) return 'failed'
  return unsettledChecks(checks, judged).length === 0 ? 'passed' : 'unknown'
}

/** Null: the target shows what it should, or there is nothing to show. */
function wantedRecord(
  asset: Asset,
  spec: DeliverySpec,
  record: DeliveryRecord | undefined,
  release: number,
): DeliveryRecord | null {
  if (!record)
    return release > 0
      ? { ...newDelivery(asset.name, spec, deliveryId(asset.name, spec)), wanted: release }
      : null
  // Taken out of the header and put back: releases went by without it.
  if (record.wanted < release) return { ...record, wanted: release, needsAll: true }
  return record.status === 'delivered' ? null : record
}
