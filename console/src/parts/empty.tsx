import type { ReactNode } from 'react'
import { CopyCommand } from './copy-command.js'
import classes from './empty.module.css'

type Props = Readonly<{
  /** What will be here: "Runs appear here." */
  title: string
  children?: ReactNode
  /** The one command that fills it. */
  command?: string
}>

/** An empty place says what belongs here and how it comes. */
export function Empty({ title, children, command }: Props) {
  return (
    <div className={classes.empty}>
      <p className={classes.title}>{title}</p>
      {children ? <p className={classes.text}>{children}</p> : null}
      {command ? <CopyCommand command={command} /> : null}
    </div>
  )
}
