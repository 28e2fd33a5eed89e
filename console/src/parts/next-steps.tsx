import { nextSteps } from '../words/next-steps.js'
import { CopyCommand } from './copy-command.js'
import classes from './next-steps.module.css'

/** What to do next, each command to be copied. */
export function NextSteps({ next }: Readonly<{ next: string }>) {
  const steps = nextSteps(next)
  if (steps.length === 0) return null
  return (
    <div className={classes.steps}>
      {steps.map(({ words, command }) => (
        <div key={`${words} ${command}`} className={classes.step}>
          {words === '' ? null : <span className="soft">{command === null ? words : `${words}:`}</span>}
          {command === null ? null : <CopyCommand command={command} />}
        </div>
      ))}
    </div>
  )
}
