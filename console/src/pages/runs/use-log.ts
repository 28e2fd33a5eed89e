import { useCallback, useEffect, useRef, useState } from 'react'
import type { LiveEvent, LogLine } from '../../../../src/app/api/shapes.js'
import { LOG_PAGE, readLog } from '../../api/queries.js'
import { useLiveEvent } from '../../frame/live-events.js'
import { appended } from '../../words/log-lines.js'

/** Lines come often while a run goes on: they are asked for together, at most this often. */
const GATHER_MS = 400

type Log = Readonly<{ lines: readonly LogLine[]; error: unknown; loaded: boolean }>

/** All lines of a run's log so far. While it goes on, its events say when there are more. */
export function useLog(run: number, going: boolean): Log {
  const [log, setLog] = useState<Log>({ lines: [], error: null, loaded: false })
  const last = useRef(0)
  const reading = useRef<Promise<void> | null>(null)
  const again = useRef(false)
  const ending = useRef(new AbortController())

  const read = useCallback(async (): Promise<void> => {
    const { signal } = ending.current
    try {
      for (;;) {
        const page = await readLog(run, null, last.current, signal)
        last.current = page.at(-1)?.line ?? last.current
        setLog((known) => ({ lines: appended(known.lines, page), error: null, loaded: true }))
        if (page.length < LOG_PAGE) return
      }
    } catch (error) {
      if (!signal.aborted) setLog((known) => ({ ...known, error }))
    }
  }, [run])

  const readSoon = useCallback(() => {
    if (reading.current) {
      again.current = true
      return
    }
    reading.current = read().then(async () => {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
      reading.current = null
      if (!again.current || ending.current.signal.aborted) return
      again.current = false
      readSoon()
    })
  }, [read])

  // Once more when the run is over: its last lines come after its last event.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `going` is what makes it read again
  useEffect(() => {
    if (ending.current.signal.aborted) ending.current = new AbortController()
    readSoon()
  }, [readSoon, going])
  useEffect(() => () => ending.current.abort(), [])

  const onEvent = useCallback(
    (event: LiveEvent) => {
      if (event.kind === 'reset' || (event.kind === 'run' && event.run === run)) readSoon()
    },
    [run, readSoon],
  )
  useLiveEvent(onEvent)
  return log
}
