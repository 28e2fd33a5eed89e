/** What a delivery did, or why it waits. */
export type DeliveryRecord = Readonly<{
  /** `deliveryId` of the asset and its declared delivery. */
  delivery: string
  asset: string
  connection: string
  target: string
  /** Last release whose rows the target shows; 0 before the first. */
  delivered: number
  /** The release it should show. */
  wanted: number
  /** The kept changes do not lead from `delivered` to `wanted`: every row is carried. */
  needsAll: boolean
  status: 'delivered' | 'waiting' | 'refused' | 'held'
  inserted: number
  updated: number
  deleted: number
  durationMs: number
  attempts: number
  error: string | null
}>
