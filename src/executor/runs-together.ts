import type { AssetName } from '../domain/asset.js'
import { joinTouched, type Touched } from '../planner/scope.js'

/** What others have released since a run fixed what it reads. */
export type MovedMeanwhile = Readonly<{
  /** Something was released or taken away: states read before are old. */
  any: boolean
  touched: ReadonlyMap<AssetName, Touched>
}>

type Since = { any: boolean; readonly touched: Map<AssetName, Touched> }

/**
 * What the runs of one process share. They build side by side, but whoever changes what readers see, or fixes what it
 * reads, does so in turn: a run never fixes half of another's release, releases and deliveries keep the order of their
 * numbers, and nobody sweeps what another is about to show.
 *
 * A run reads what was released when it fixed its states. What others release until it releases itself is noted here, so
 * that it can say what of its own was built from rows that are no longer the newest.
 */
export class RunsTogether {
  private readonly moved = new Map<number, Since>()
  private readonly waiting: (() => void)[] = []
  private busy = false

  /** One after the other, in the order they came. Rejects with the signal's reason if it is cut off before its turn. */
  async inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.turn(signal)
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next) next()
      else this.busy = false
    }
  }

  /** In the turn in which the run fixes what it reads. */
  begin(run: number): void {
    this.moved.set(run, { any: false, touched: new Map() })
  }

  end(run: number): void {
    this.moved.delete(run)
  }

  /** In the turn of a release. */
  released(by: number, built: readonly Readonly<{ asset: AssetName; touched: Touched }>[]): void {
    for (const [run, since] of this.moved) {
      if (run === by) continue
      since.any = true
      for (const { asset, touched } of built) {
        const before = since.touched.get(asset)
        since.touched.set(asset, before === undefined ? touched : joinTouched([before, touched]))
      }
    }
  }

  movedSince(run: number): MovedMeanwhile {
    return this.moved.get(run) ?? { any: false, touched: new Map() }
  }

  private turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (!this.busy) {
      this.busy = true
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(begin), 1)
        reject(signal.reason)
      }
      this.waiting.push(begin)
      signal.addEventListener('abort', leave, { once: true })
    })
  }
}
