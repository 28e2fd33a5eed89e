import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { LiveEvent, Overview, RunDetail } from '../../../src/app/api/shapes.js'
import type { RunEvent } from '../../../src/executor/events.js'
import { applyToOverview } from './overview-events.js'
import { applyToRun } from './run-events.js'

/** Answers that changed are asked for again this long after an event, together, so that a busy run asks once. */
const GATHER_MS = 400

/** Brings events into the cache: moves what can be moved at once, and has read again what an event only hints at. */
export function liveCache(cache: QueryClient): (event: LiveEvent) => void {
  const readAgain = gathered(cache)
  return (event) => {
    switch (event.kind) {
      case 'run':
        applyRunEvent(cache, event.run, event.event, event.at)
        return readAgain(staleAfter(event.run, event.event))
      case 'queue':
        cache.setQueryData(['queue'], event.queue)
        cache.setQueryData<Overview>(['overview'], (known) => known && { ...known, queue: event.queue })
        return
      case 'alert':
        return readAgain([
          ['overview'],
          ['alerts'],
          ['alert', event.alert.id],
          ...(event.alert.cause === null ? [] : [['alert', event.alert.cause]]),
          ...(event.alert.asset === null ? [] : [['asset', event.alert.asset, 'detail'], ['assets']]),
        ])
      case 'report':
        return readAgain([['reports'], ['report', event.record.report]])
      case 'project':
        return readAgain([
          ['overview'],
          ['assets'],
          ['asset'],
          ['lineage'],
          ['reports'],
          ['report'],
          ['search'],
          ['checks'],
        ])
      case 'reset':
        void cache.invalidateQueries()
        return
    }
  }
}

function applyRunEvent(cache: QueryClient, run: number, event: RunEvent, at: number): void {
  cache.setQueryData<RunDetail>(['run', run, 'detail'], (known) => known && applyToRun(known, event, at))
  cache.setQueryData<Overview>(['overview'], (known) => known && applyToOverview(known, run, event, at))
}

/** What an event of a run changes beyond what it carries itself. */
function staleAfter(run: number, event: RunEvent): readonly QueryKey[] {
  switch (event.kind) {
    case 'run-started':
      return [['runs'], ['run', run, 'detail']]
    case 'step-started':
    case 'step-progress':
    case 'step-checking':
    case 'step-retried':
    case 'step-log':
      return []
    case 'step-finished':
      return event.status === 'passed' ? [] : [['asset', event.asset, 'detail']]
    case 'released':
      return [
        ['overview'],
        ['releases'],
        ['assets'],
        ['run', run, 'detail'],
        ...event.assets.map((asset) => ['asset', asset]),
      ]
    case 'delivered':
      return [['overview'], ['run', run, 'detail'], ['asset', event.record.asset, 'detail']]
    case 'run-finished':
      return [['overview'], ['runs'], ['run', run, 'detail'], ['assets'], ['checks']]
  }
}

function gathered(cache: QueryClient): (keys: readonly QueryKey[]) => void {
  const waiting = new Map<string, QueryKey>()
  let timer: ReturnType<typeof setTimeout> | null = null
  return (keys) => {
    for (const key of keys) waiting.set(JSON.stringify(key), key)
    if (waiting.size === 0 || timer !== null) return
    timer = setTimeout(() => {
      timer = null
      const due = [...waiting.values()]
      waiting.clear()
      for (const queryKey of due) void cache.invalidateQueries({ queryKey })
    }, GATHER_MS)
  }
}
