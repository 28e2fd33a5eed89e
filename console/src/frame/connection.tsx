import { useSyncExternalStore } from 'react'
import { currentConnection, onConnection } from '../api/connection.js'
import { Ago } from '../parts/ago.js'
import { useNow } from '../parts/now.js'
import { duration } from '../words/time.js'
import classes from './frame.module.css'

const useConnection = () => useSyncExternalStore(onConnection, currentConnection)

/** A dot and a word in the top bar: whether what is on the screen moves by itself. */
export function ConnectionMark() {
  const { state } = useConnection()
  const word = { connecting: 'Connecting', live: 'Live', lost: 'Offline' }[state]
  return (
    <span className={classes.connection} data-state={state}>
      <span className={classes.dot} aria-hidden />
      {word}
    </span>
  )
}

/** Says that the connection is lost, from when the screen is, and when it is tried again. */
export function ConnectionBanner() {
  const connection = useConnection()
  return (
    <div role="status">
      {connection.state === 'lost' ? (
        <div className={classes.banner}>
          Connection lost <Ago at={connection.since} />. What you see is from then.{' '}
          <Retry at={connection.retryAt} />
        </div>
      ) : null}
    </div>
  )
}

function Retry({ at }: Readonly<{ at: number }>) {
  const left = Math.ceil((at - useNow()) / 1_000) * 1_000
  return <>{left > 0 ? `Next try in ${duration(left)}.` : 'Trying again …'}</>
}
