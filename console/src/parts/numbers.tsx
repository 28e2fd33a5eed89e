import { bytes, exact, short } from '../words/numbers.js'
import { duration } from '../words/time.js'

type Props = Readonly<{ value: number | null; none?: string }>

/** "2.1 M rows"; every digit on hover. */
export function Rows({ value, none = '–' }: Props) {
  if (value === null) return <span className="soft">{none}</span>
  const text = `${short(value)} ${value === 1 ? 'row' : 'rows'}`
  return <Precise text={text} precise={`${exact(value)} ${value === 1 ? 'row' : 'rows'}`} />
}

/** "1.4 s"; the milliseconds on hover. */
export function Duration({ value, none = '–' }: Props) {
  if (value === null) return <span className="soft">{none}</span>
  return <Precise text={duration(value)} precise={`${exact(Math.round(value))} ms`} />
}

/** "1.4 MB"; every byte on hover. */
export function Bytes({ value, none = '–' }: Props) {
  if (value === null) return <span className="soft">{none}</span>
  return <Precise text={bytes(value)} precise={`${exact(value)} bytes`} />
}

function Precise({ text, precise }: Readonly<{ text: string; precise: string }>) {
  return (
    <span className="number nowrap" title={text === precise ? undefined : precise}>
      {text}
    </span>
  )
}
