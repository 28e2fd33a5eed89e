import { deliveryId } from './asset.js'
import type { DeliveryRecord } from './delivery.js'
import type { Project } from './project.js'

/** Records of what headers ask for now. A delivery taken out of its header owes nothing, whatever became of its last try. */
export function declaredDeliveries(
  { assets }: Pick<Project, 'assets'>,
  records: readonly DeliveryRecord[],
): DeliveryRecord[] {
  const declared = new Set(
    assets.flatMap(({ name, deliver }) => deliver.map((spec) => deliveryId(name, spec))),
  )
  return records.filter(({ delivery }) => declared.has(delivery))
}
