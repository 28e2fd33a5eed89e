import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import classes from './mono.module.css'

type MonoProps = Readonly<{
  children: ReactNode
  /** Never broken: for places that cut what is too long. */
  whole?: boolean
}>

/** Names of tables, columns, files. Long ones break at dots and underscores, never in the middle of a word. */
export function Mono({ children, whole = false }: MonoProps) {
  return (
    <code className={classes.mono}>
      {typeof children === 'string' && !whole ? breakable(children) : children}
    </code>
  )
}

/** An asset's name as the way to it. */
export function AssetLink({ asset, tab }: Readonly<{ asset: string; tab?: string }>) {
  return (
    <Link
      to="/assets/$name"
      params={{ name: asset }}
      {...(tab === undefined ? {} : { search: { tab } })}
      className={classes.link}
    >
      <Mono>{asset}</Mono>
    </Link>
  )
}

type RunLinkProps = Readonly<{
  run: number
  /** The asset whose step is opened there. */
  step?: string | null
  children?: ReactNode
}>

/** "run 812" as the way to it. */
export function RunLink({ run, step = null, children }: RunLinkProps) {
  return (
    <Link
      to="/runs/$run"
      params={{ run: String(run) }}
      search={step === null ? {} : { asset: step }}
      className={classes.link}
    >
      {children ?? `run ${run}`}
    </Link>
  )
}

function breakable(name: string): ReactNode {
  const pieces = name.split(/(?<=[._/])/)
  return pieces.map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never move
    <span key={index}>
      {piece}
      {index < pieces.length - 1 ? <wbr /> : null}
    </span>
  ))
}
