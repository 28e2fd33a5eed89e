import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { useSyncExternalStore } from 'react'
import { overviewQuery } from '../api/queries.js'
import { currentToken, onToken } from '../api/token.js'
import { Palette } from '../palette/palette.js'
import { ZoneContext } from '../parts/zone.js'
import { ConnectionBanner } from './connection.js'
import classes from './frame.module.css'
import { useLiveEvents } from './live-events.js'
import { TabBar, TopBar } from './navigation.js'
import { SignIn } from './sign-in.js'

/** What is around every page: navigation, connection, palette. Without a token only the sign-in page. */
export function Frame() {
  const token = useSyncExternalStore(onToken, currentToken)
  return token === null ? <SignIn /> : <SignedIn key={token} />
}

function SignedIn() {
  useLiveEvents()
  const zone = useQuery({ ...overviewQuery(), select: ({ timezone }) => timezone }).data ?? 'UTC'
  return (
    <ZoneContext value={zone}>
      <div className={classes.frame}>
        <a href="#page" className={classes.skip}>
          To the page
        </a>
        <TopBar />
        <ConnectionBanner />
        <main id="page" tabIndex={-1} className={classes.page}>
          <Outlet />
        </main>
        <TabBar />
        <Palette />
      </div>
    </ZoneContext>
  )
}
