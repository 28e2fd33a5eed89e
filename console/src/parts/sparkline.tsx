import { sparkPath } from '../words/spark-path.js'

type Props = Readonly<{
  /** Oldest first; null is a gap and drawn as one. */
  values: readonly (number | null)[]
  /** What is to be seen: "Durations of the last 20 steps, now 1.4 s". */
  label: string
  width?: number
  height?: number
}>

/** A number's history in the size of a word; the last point is marked. */
export function Sparkline({ values, label, width = 72, height = 18 }: Props) {
  const { line, last } = sparkPath(values, width, height)
  if (line === '') return <span className="soft">–</span>
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: 'block' }}>
      <title>{label}</title>
      <path d={line} fill="none" stroke="var(--ink-soft)" strokeWidth={1.25} strokeLinejoin="round" />
      {last ? <circle cx={last[0]} cy={last[1]} r={2} fill="var(--busy)" /> : null}
    </svg>
  )
}
