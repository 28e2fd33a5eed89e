import { DateTime } from 'luxon'
import type { DeliveryRecord } from '../../domain/delivery.js'

/** Releases that the targets below an asset show, and the one that readers of the asset itself see. */
export type Seen = Readonly<{
  /** Null before the first release. */
  release: number | null
  releasedAt: number | null
  /** Deliveries of the asset and of everything that reads it. */
  deliveries: readonly DeliveryRecord[]
}>

export type Moments = Readonly<{
  now: number
  timezone: string
  /** When each release was made. */
  releasedAt: ReadonlyMap<number, number>
}>

/** "Customers have seen these rows since release 811 (10:15)." Of released rows that changed checks refuse. */
export function readersHaveSeen({ release, releasedAt, deliveries }: Seen, moments: Moments): string {
  const who = deliveries.some(({ delivered }) => delivered > 0) ? 'Readers and customers' : 'Readers'
  return `${who} have seen these rows since release ${release} (${clockTime(releasedAt ?? 0, moments)}).`
}

/** "Customers still see release 811 (10:15)." */
export function readersSee({ release, releasedAt, deliveries }: Seen, moments: Moments): string {
  if (deliveries.length > 0) return customersSee(deliveries, moments)
  if (release === null) return 'Nobody sees rows of it: nothing is released yet.'
  return `Readers still see release ${release} (${clockTime(releasedAt ?? 0, moments)}).`
}

function customersSee(deliveries: readonly DeliveryRecord[], moments: Moments): string {
  const shown = deliveries.map(({ delivered }) => delivered)
  const [least, most] = [Math.min(...shown), Math.max(...shown)]
  if (most === 0) return 'Customers see nothing of it yet: nothing was delivered.'
  if (least === most) return `Customers still see release ${most}${timeOf(most, moments)}.`
  if (least === 0) return `Customers see release ${most}${timeOf(most, moments)} or, in places, nothing yet.`
  return `Customers still see releases ${least} to ${most}, the oldest${timeOf(least, moments, 'from ')}.`
}

function timeOf(release: number, moments: Moments, word?: string): string {
  const at = moments.releasedAt.get(release)
  if (at === undefined) return ''
  return word === undefined ? ` (${clockTime(at, moments)})` : ` ${word}${clockTime(at, moments)}`
}

/** `10:15` today, `2 Mar 10:15` before; in the project's zone. */
export function clockTime(at: number, { now, timezone }: Pick<Moments, 'now' | 'timezone'>): string {
  const moment = DateTime.fromMillis(at, { zone: timezone, locale: 'en-GB' })
  const today = DateTime.fromMillis(now, { zone: timezone })
  if (moment.hasSame(today, 'day')) return moment.toFormat('HH:mm')
  return moment.toFormat(moment.year === today.year ? 'd MMM HH:mm' : 'd MMM yyyy HH:mm')
}
