import { type Query, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { LiveEvent } from '../../../src/app/api/shapes.js'
import { currentConnection, onConnection, setConnection } from '../api/connection.js'
import { followEvents } from '../api/live.js'
import { liveCache } from '../api/live-cache.js'

const listeners = new Set<(event: LiveEvent) => void>()

const failed = ({ state }: Query): boolean => state.status === 'error'

/** Follows the server's events as long as the frame is there. */
export function useLiveEvents(): void {
  const cache = useQueryClient()
  useEffect(() => {
    const ending = new AbortController()
    const apply = liveCache(cache)
    setConnection({ state: 'connecting' })
    void followEvents(
      (event) => {
        apply(event)
        for (const listener of listeners) listener(event)
      },
      () => void cache.invalidateQueries(),
      ending.signal,
    )
    const off = onConnection(() => {
      // What could not be had while the server was away.
      if (currentConnection().state === 'live')
        void cache.refetchQueries({ predicate: failed, type: 'active' })
    })
    return () => {
      off()
      ending.abort()
      cache.clear()
    }
  }, [cache])
}

/** Calls `listener` with every event while the part is shown; give a stable function. */
export function useLiveEvent(listener: (event: LiveEvent) => void): void {
  useEffect(() => {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }, [listener])
}
