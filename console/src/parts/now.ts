import { useSyncExternalStore } from 'react'
import { now } from '../clock.js'

const listeners = new Set<() => void>()
let current = now()
let timer: ReturnType<typeof setInterval> | null = null

function tick(): void {
  current = now()
  for (const listener of listeners) listener()
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, 1_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || timer === null) return
    clearInterval(timer)
    timer = null
  }
}

/**
 * Now, in epoch ms of the server, rounded down to `stepMs`: one clock for the whole page, and a part is drawn anew
 * only when what it says can have changed.
 */
export const useNow = (stepMs = 1_000): number =>
  useSyncExternalStore(listen, () => Math.floor(current / stepMs) * stepMs)
