import { ago, exactTime, moment } from '../words/time.js'
import { useNow } from './now.js'
import { useZone } from './zone.js'

type Props = Readonly<{ at: number | null /** Said where there is no moment. */; none?: string }>

/** "3 min ago", kept true; the exact time with its zone on hover. */
export function Ago({ at, none = '–' }: Props) {
  const now = useNow()
  return at === null ? <span className="soft">{none}</span> : <Time at={at} text={ago(at, now)} />
}

/** "10:15", with the day where it is not today. */
export function Moment({ at, none = '–' }: Props) {
  const now = useNow(60_000)
  const zone = useZone()
  return at === null ? <span className="soft">{none}</span> : <Time at={at} text={moment(at, now, zone)} />
}

// The browser's own tooltip: a table of a thousand times would otherwise be a thousand of ours.
function Time({ at, text }: Readonly<{ at: number; text: string }>) {
  const zone = useZone()
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(at, zone)} className="nowrap">
      {text}
    </time>
  )
}
