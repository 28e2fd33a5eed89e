import { SegmentedControl } from '@mantine/core'
import classes from './lineage.module.css'

export type View = 'list' | 'picture'

export function ViewSwitch({ view, onView }: Readonly<{ view: View; onView: (view: View) => void }>) {
  return (
    <SegmentedControl
      size="xs"
      aria-label="How it is shown"
      data={[
        { value: 'picture', label: 'Picture' },
        { value: 'list', label: 'List' },
      ]}
      value={view}
      onChange={(next) => onView(next as View)}
    />
  )
}

/** What the lines mean, only where such lines are drawn. */
export function Key({ tones }: Readonly<{ tones: readonly string[] }>) {
  const into = tones.includes('into')
  const behind = tones.includes('behind')
  if (!into && !behind) return null
  return (
    <p className={classes.key}>
      {into ? (
        <span>
          <i className={classes.into} aria-hidden /> leads to what broke
        </span>
      ) : null}
      {behind ? (
        <span>
          <i className={classes.behind} aria-hidden /> waits for it: readers see an older release
        </span>
      ) : null}
    </p>
  )
}
