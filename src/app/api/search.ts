import type { Asset } from '../../domain/asset.js'
import type { Session } from '../session.js'
import type { AlertMethods, ReportMethods } from './api.js'
import { some } from './duration-words.js'
import { type Findable, rankHits } from './rank-hits.js'
import type { SearchHit } from './shapes.js'

const OPEN_ALERTS = 200

const PAGES: readonly Readonly<{ label: string; detail: string; path: string }>[] = [
  { label: 'Overview', detail: 'Is everything all right', path: '/' },
  { label: 'Assets', detail: 'All tables, with search and owners', path: '/assets' },
  { label: 'Lineage', detail: 'Who reads whom', path: '/lineage' },
  { label: 'Runs', detail: 'What ran, and how it ended', path: '/runs' },
  { label: 'Alerts', detail: 'What needs somebody', path: '/alerts' },
  { label: 'Reports', detail: 'What customers get', path: '/reports' },
]

/** Assets by name, description, owner, tag and column, a run by its number, reports, open alerts and pages; the best first. */
export async function searchProject(
  session: Session,
  parts: Readonly<{ alerts: AlertMethods; reports: ReportMethods }>,
  text: string,
): Promise<readonly SearchHit[]> {
  const [columns, runs, reports, alerts] = await Promise.all([
    columnsByAsset(session),
    findRun(session, text),
    parts.reports.reports(),
    parts.alerts.alerts({ states: null, asset: null, limit: OPEN_ALERTS }),
  ])
  const found = rankHits<SearchHit>(text, [
    ...PAGES.map((page) => findable({ kind: 'page', ...page }, [])),
    ...session.loaded.project.assets.map((asset) => assetFound(asset, columns.get(asset.name) ?? [], text)),
    ...reports.map(({ report, title, tenants }) =>
      findable(
        {
          kind: 'report',
          label: report,
          detail: `${title}${tenants > 0 ? `, ${some(tenants, 'tenant')}` : ''}`,
          path: `/reports/${report}`,
        },
        [title],
      ),
    ),
    ...alerts.map(({ id, title, asset, state }) =>
      findable({ kind: 'alert', label: title, detail: `Alert ${id}, ${state}`, path: `/alerts/${id}` }, [
        asset ?? '',
        String(id),
      ]),
    ),
  ])
  return [...runs, ...found]
}

const findable = (hit: SearchHit, words: readonly string[]): Findable<SearchHit> => ({
  hit,
  label: hit.label,
  words,
})

/** Declared columns, and those of the last release. */
async function columnsByAsset({
  loaded,
  services,
}: Session): Promise<ReadonlyMap<string, readonly string[]>> {
  const states = await (await services.store()).assetStates()
  return new Map(
    loaded.project.assets.map(({ name, columns }) => [
      name,
      [
        ...new Set(
          [...columns, ...(states.get(name)?.columns ?? [])].map(
            (column: Readonly<{ name: string }>) => column.name,
          ),
        ),
      ],
    ]),
  )
}

/** Whoever is found by a column alone says which one it is. */
function assetFound(
  { name, description, owner, tags }: Asset,
  columns: readonly string[],
  text: string,
): Findable<SearchHit> {
  const wanted = text.trim().toLowerCase()
  const has = (words: string): boolean => words.toLowerCase().includes(wanted)
  const column = [name, description, owner, ...tags].some(has) ? undefined : columns.find(has)
  const detail =
    column === undefined ? description : `Column ${column}${description ? `. ${description}` : ''}`
  return findable({ kind: 'asset', label: name, detail, path: `/assets/${name}` }, [
    description,
    owner,
    ...tags,
    ...columns,
  ])
}

/** `812`, `run 812`, `#812`. */
async function findRun({ services }: Session, text: string): Promise<SearchHit[]> {
  const number = /^(?:run\s*)?#?(\d{1,9})$/i.exec(text.trim())?.[1]
  if (number === undefined) return []
  const store = await services.store()
  const [run] = await store.runs({ limit: 1, before: Number(number) + 1 })
  if (run?.run !== Number(number)) return []
  return [
    {
      kind: 'run',
      label: `Run ${run.run}`,
      detail: `${run.status}: ${run.trigger}`,
      path: `/runs/${run.run}`,
    },
  ]
}
