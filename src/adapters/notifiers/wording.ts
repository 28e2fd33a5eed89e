import type { Alert, AlertKind } from '../../domain/alert.js'
import type { AlertMessage } from './notifier.js'

const WORDS: Readonly<Record<AlertKind, string>> = {
  failed: 'Failed',
  held: 'Held',
  late: 'Late',
  never_started: 'Not started',
  slow: 'Slow',
  rows: 'Unusual rows',
  freshness: 'Stale',
  check_value: 'Check',
  budget: 'Over budget',
  delivery: 'Not delivered',
  report: 'Report',
  project: 'Project',
}

/** Stands alone in a list of mails: `Held: marts.status — 31 of 4,812 rows have no washroom_id`. */
export function headline({ state, alert, project }: AlertMessage): string {
  const word = state === 'firing' ? WORDS[alert.kind] : state === 'resolved' ? 'Resolved' : 'Acknowledged'
  return oneLine(`${word}: ${alert.asset ?? project} — ${withoutSubject(alert)}`)
}

/** The title without the name it begins with, which the headline has already. */
function withoutSubject({ title, asset }: Alert): string {
  if (asset === null || !title.startsWith(asset)) return title
  return title.slice(asset.length).replace(/^(?: is held| failed| was not built)?:?\s*/, '')
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 300)

/** What the mail and the webhook's `text` say, paragraph by paragraph. */
export function paragraphs(message: AlertMessage): string[] {
  const { alert, state, caused } = message
  const { by, note } = alert.events.at(-1) ?? { by: '', note: '' }
  const told = note === '' ? '' : ` (${note})`
  switch (state) {
    case 'resolved':
      return [`Over since ${utc(message.at)}${told}. It began ${utc(alert.since)}: ${alert.title}.`]
    case 'acknowledged':
      return [`${by} looks after it${note === '' ? '' : `: ${note}`}.`, `${alert.title}.`, alert.effect]
    case 'pending':
    case 'firing':
      return [`${alert.title}${told}.`, alert.effect, alert.next, ...listed(caused)]
  }
}

/** More than these are counted. */
const LISTED = 20

function listed(caused: readonly Alert[]): string[] {
  if (caused.length === 0) return []
  const lines = caused.slice(0, LISTED).map(({ title }) => `– ${title}`)
  const more = caused.length > LISTED ? [`– and ${caused.length - LISTED} more`] : []
  return [['It also caused:', ...lines, ...more].join('\n')]
}

export const utc = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
