import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Overview } from '../../../../src/app/api/shapes.js'
import { useNow } from '../../parts/now.js'
import { StateIcon } from '../../parts/state.js'
import { overviewSentence, type Piece } from '../../words/sentence.js'
import classes from './overview.module.css'

/** The sentence at the top; the browser's tab carries its gist. */
export function OverviewSentence({ overview }: Readonly<{ overview: Overview }>) {
  const now = useNow(5_000)
  const { allRight, pieces } = overviewSentence(overview, now)
  const troubles = overview.troubles.length
  useEffect(() => {
    document.title = `${troubles > 0 ? `(${troubles}) ` : ''}${overview.project} · Millrace`
  }, [troubles, overview.project])
  return (
    <h1 className={classes.sentence}>
      <span className={classes.sentenceIcon}>
        <StateIcon of={!allRight ? 'warning' : overview.assets.total === 0 ? 'never' : 'fresh'} size={24} />
      </span>
      <span>
        {pieces.map((piece, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one sentence never move
          <SentencePiece key={index} piece={piece} />
        ))}
      </span>
    </h1>
  )
}

function SentencePiece({ piece: { text, mono, to } }: Readonly<{ piece: Piece }>) {
  const words = mono ? <code className={classes.name}>{text}</code> : text
  return to === undefined ? (
    words
  ) : (
    <Link to={to} className={classes.clause}>
      {words}
    </Link>
  )
}
