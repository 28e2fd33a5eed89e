import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { isMissingCode, missingCode } from './api/problem.js'
import { Frame } from './frame/frame.js'
import { NotFound } from './frame/not-found.js'
import { Overview } from './pages/overview/overview.js'
import { ErrorState } from './parts/error-state.js'
import {
  alertsSearch,
  assetSearch,
  assetsSearch,
  lineageSearch,
  reportSearch,
  runSearch,
  runsSearch,
} from './search.js'

// Every page has an address, and its filters live there (`search.ts`). Pages besides the overview are loaded when
// they are first opened.

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound })

const overview = createRoute({ getParentRoute: () => root, path: '/', component: Overview })

const assets = createRoute({
  getParentRoute: () => root,
  path: '/assets',
  validateSearch: assetsSearch,
  component: lazyRouteComponent(() => import('./pages/assets/assets.js'), 'Assets'),
})

const asset = createRoute({
  getParentRoute: () => root,
  path: '/assets/$name',
  validateSearch: assetSearch,
  component: lazyRouteComponent(() => import('./pages/assets/asset.js'), 'AssetPage'),
})

const lineage = createRoute({
  getParentRoute: () => root,
  path: '/lineage',
  validateSearch: lineageSearch,
  component: lazyRouteComponent(() => import('./pages/lineage/lineage.js'), 'LineagePage'),
})

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: runsSearch,
  component: lazyRouteComponent(() => import('./pages/runs/runs.js'), 'Runs'),
})

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$run',
  validateSearch: runSearch,
  component: lazyRouteComponent(() => import('./pages/runs/run.js'), 'RunPage'),
})

const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: alertsSearch,
  component: lazyRouteComponent(() => import('./pages/alerts/alerts.js'), 'Alerts'),
})

const alert = createRoute({
  getParentRoute: () => root,
  path: '/alerts/$id',
  component: lazyRouteComponent(() => import('./pages/alerts/alert.js'), 'AlertPage'),
})

const reports = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  component: lazyRouteComponent(() => import('./pages/reports/reports.js'), 'Reports'),
})

const report = createRoute({
  getParentRoute: () => root,
  path: '/reports/$name',
  validateSearch: reportSearch,
  component: lazyRouteComponent(() => import('./pages/reports/report.js'), 'ReportPage'),
})

const PageError = ({ error, reset }: ErrorComponentProps) =>
  isMissingCode(error) ? (
    <ErrorState error={missingCode()} what="This page" onRetry={() => location.reload()} />
  ) : (
    <ErrorState error={error} what="This page" onRetry={reset} />
  )

export const router = createRouter({
  routeTree: root.addChildren([overview, assets, asset, lineage, runs, run, alerts, alert, reports, report]),
  defaultPreload: 'intent',
  defaultErrorComponent: PageError,
  scrollRestoration: true,
})

/** Brings the code of every page in while nothing else is to do: pages then open at once, and without a server too. */
export async function loadPages(): Promise<void> {
  for (const route of [assets, asset, lineage, runs, run, alerts, alert, reports, report]) {
    try {
      await router.loadRouteChunk(route)
    } catch {
      // What cannot be had now is asked for again when its page is opened.
    }
  }
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
