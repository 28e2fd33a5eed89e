import { Button } from '@mantine/core'
import { ApiProblem, isFinal } from '../api/problem.js'
import classes from './empty.module.css'
import { StateIcon } from './state.js'

type Props = Readonly<{
  error: unknown
  /** What could not be shown: "The runs". */
  what: string
  onRetry?: () => void
}>

/** What failed, why, and what to do; the rest of the page goes on working. */
export function ErrorState({ error, what, onRetry }: Props) {
  const problem = error instanceof ApiProblem ? error : null
  return (
    <div className={classes.error} role="alert">
      <span className={classes.head}>
        <StateIcon of="error" size={18} />
        {what} cannot be shown. {problem?.message ?? 'Something in this page went wrong.'}
      </span>
      {problem?.hint ? <span>{problem.hint}</span> : null}
      <span className={classes.code}>{problem?.code ?? String(error)}</span>
      {onRetry && !isFinal(error) ? (
        <Button size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  )
}
