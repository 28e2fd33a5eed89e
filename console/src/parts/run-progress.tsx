import classes from './run-progress.module.css'

type Props = Readonly<{ done: number; total: number }>

/** How much of a run is done, by steps. */
export function RunProgress({ done, total }: Props) {
  const share = total === 0 ? 0 : Math.min(1, done / total)
  return (
    <div
      className={classes.track}
      role="progressbar"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
      aria-label="Steps done"
    >
      <div className={classes.bar} style={{ width: `${share * 100}%` }} />
    </div>
  )
}
