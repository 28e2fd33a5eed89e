import { Kbd, UnstyledButton } from '@mantine/core'
import { spotlight } from '@mantine/spotlight'
import {
  IconBell,
  IconFileText,
  IconLayoutDashboard,
  IconSearch,
  IconTable,
  IconTimeline,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { overviewQuery } from '../api/queries.js'
import { ConnectionMark } from './connection.js'
import classes from './frame.module.css'
import { ThemeButton } from './theme-button.js'

const PAGES = [
  { to: '/', word: 'Overview', Icon: IconLayoutDashboard },
  { to: '/assets', word: 'Assets', Icon: IconTable },
  { to: '/runs', word: 'Runs', Icon: IconTimeline },
  { to: '/alerts', word: 'Alerts', Icon: IconBell },
  { to: '/reports', word: 'Reports', Icon: IconFileText },
] as const

/** Project, pages, search, connection and theme. On a narrow screen the pages stand in the `TabBar` instead. */
export function TopBar() {
  const { data } = useQuery({
    ...overviewQuery(),
    select: ({ project, environment }) => ({ project, environment }),
  })
  return (
    <header className={classes.bar}>
      <Link to="/" className={classes.brand}>
        <img src="/icon.svg" alt="" width={22} height={22} />
        <span className={classes.project}>
          {data ? data.project : 'Millrace'}
          {data ? <span className={classes.environment}> {data.environment}</span> : null}
          <span className="visually-hidden">, to the overview</span>
        </span>
      </Link>
      <nav className={classes.pages} aria-label="Pages">
        <PageLinks />
      </nav>
      <div className={classes.tools}>
        <UnstyledButton className={classes.search} onClick={spotlight.open}>
          <IconSearch size={16} aria-hidden />
          <span className={classes.searchWord}>Find</span>{' '}
          <Kbd size="xs" className={classes.searchWord}>
            Ctrl K
          </Kbd>
          <span className="visually-hidden"> Find anything</span>
        </UnstyledButton>
        <ConnectionMark />
        <ThemeButton />
      </div>
    </header>
  )
}

/** The pages at the lower edge, within a thumb's reach; only on narrow screens. */
export function TabBar() {
  return (
    <nav className={classes.tabs} aria-label="Pages">
      <PageLinks icons />
    </nav>
  )
}

function PageLinks({ icons = false }: Readonly<{ icons?: boolean }>) {
  const open = useQuery({ ...overviewQuery(), select: ({ alerts }) => alerts.length }).data ?? 0
  return PAGES.map(({ to, word, Icon }) => (
    <Link
      key={to}
      to={to}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      className={classes.pageLink}
      activeProps={{ 'data-active': true, 'aria-current': 'page' }}
    >
      {icons ? <Icon size={20} stroke={1.75} aria-hidden /> : null}
      <span>{word}</span>
      {to === '/alerts' && open > 0 ? (
        <span className={classes.badge}>
          {open}
          <span className="visually-hidden"> open</span>
        </span>
      ) : null}
    </Link>
  ))
}
