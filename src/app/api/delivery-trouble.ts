import { unreachable } from '../../base/errors.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import { readersSee } from './readers-see.js'
import type { Trouble } from './shapes.js'
import type { TroubleEvidence } from './trouble-evidence.js'

/** A target that does not show what it should. */
export function deliveryTrouble(record: DeliveryRecord, { moments }: TroubleEvidence): Trouble[] {
  const { asset, target, status, error, wanted, delivered } = record
  if (status === 'delivered') return []
  // A first try that has not been made yet is no trouble.
  if (status === 'waiting' && record.attempts === 0) return []
  return [
    {
      kind: 'delivery',
      asset,
      text: `${target} should show release ${wanted} and shows ${delivered === 0 ? 'nothing yet' : delivered}: ${error ?? reasonOf(status)}`,
      readers: readersSee({ release: delivered, releasedAt: null, deliveries: [record] }, moments),
      run: null,
      alert: null,
      next: status === 'held' ? `millrace check ${asset} --rows` : `millrace run --select ${asset}`,
    },
  ]
}

function reasonOf(status: 'waiting' | 'refused' | 'held'): string {
  switch (status) {
    case 'held':
      return 'a check held the delivery'
    case 'refused':
      return 'the target refused it'
    case 'waiting':
      return 'it is tried again with the next run'
    default:
      return unreachable(status)
  }
}
