import type { ReactNode } from 'react'
import { useEffect } from 'react'
import classes from './page-title.module.css'

type Props = Readonly<{
  /** The heading, and the title of the browser's tab. */
  title: string
  /** Where the heading is more than its text. */
  heading?: ReactNode
  /** One line below: what this is. */
  lead?: ReactNode
  /** Buttons at the right. */
  children?: ReactNode
}>

/** The head of a page: its one `h1`. */
export function PageTitle({ title, heading, lead, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Millrace`
  }, [title])
  return (
    <header className={classes.head}>
      <div className={classes.words}>
        <h1 className={classes.title}>{heading ?? title}</h1>
        {lead ? <div className={classes.lead}>{lead}</div> : null}
      </div>
      {children ? <div className={classes.actions}>{children}</div> : null}
    </header>
  )
}

/** A part of a page with its `h2`. */
export function Section({
  title,
  aside,
  children,
}: Readonly<{ title: string; aside?: ReactNode; children: ReactNode }>) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.bar}>
        <h2 className={classes.subtitle}>{title}</h2>
        {aside ? <div className={classes.aside}>{aside}</div> : null}
      </div>
      {children}
    </section>
  )
}
