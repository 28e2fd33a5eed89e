import { messageOf } from '../../base/errors.js'
import { declaredDeliveries } from '../../domain/declared-deliveries.js'
import type { DeliveryRecord } from '../../domain/delivery.js'
import type { LiveProject } from './live.js'

const LOOK_EVERY_MS = 10_000
const FIRST_DELAY_MS = 15_000
const MOST_DELAY_MS = 300_000

/**
 * Tries deliveries again that wait for a target that was away, without waiting for the next tick of a schedule. More
 * and more seldom while it stays away, at least every five minutes. A state that is away is asked again at the next look.
 */
export async function keepDelivering(live: LiveProject, signal: AbortSignal): Promise<void> {
  let delayMs = FIRST_DELAY_MS
  // By the clock that nobody sets: one put back would hold deliveries up for as long.
  let notBefore = 0
  while (!signal.aborted) {
    const { clock, log } = live.session.services
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {})
    if (signal.aborted || clock.monotonic() < notBefore) continue
    const waiting = await waitingDeliveries(live).catch((error: unknown) => {
      log.warn({ err: error, detail: messageOf(error) }, 'waiting deliveries could not be looked up')
      return null
    })
    if (waiting === null) continue
    if (waiting.length === 0) {
      delayMs = FIRST_DELAY_MS
      continue
    }
    // They will carry what waits.
    if (live.queue().some(({ assets }) => waiting.some(({ asset }) => assets.includes(asset)))) continue
    await tryAgain(live, waiting)
    notBefore = clock.monotonic() + delayMs
    delayMs = Math.min(delayMs * 2, MOST_DELAY_MS)
  }
}

function waitingDeliveries(live: LiveProject): Promise<readonly DeliveryRecord[]> {
  return live.use(async ({ services, loaded }) => {
    const records = declaredDeliveries(loaded.project, await (await services.store()).deliveries())
    return records.filter(({ status, attempts }) => status === 'waiting' && attempts > 0)
  })
}

/** A run of the assets whose rows wait: it carries what waits, and builds what became due meanwhile. */
async function tryAgain(live: LiveProject, waiting: readonly DeliveryRecord[]): Promise<void> {
  const assets = [...new Set(waiting.map(({ asset }) => asset))]
  try {
    const request = { select: assets.join(' '), full: false, start: null, end: null, accept: [] }
    await live.enqueue({ ...request, trigger: `delivery again: ${assets.join(' ')}` }, []).outcome
  } catch (error) {
    live.session.services.log.warn({ err: error }, 'waiting deliveries could not be tried again')
  }
}
