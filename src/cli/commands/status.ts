import type { AssetStatus, ProjectStatus } from '../../app/project-status.js'
import { systemClock } from '../../base/clock.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import { ago, count, duration } from '../output/numbers.js'
import { rangesText } from '../output/plan.js'
import { alignTable, type Terminal } from '../output/terminal.js'

export function status(context: CommandContext): Promise<number> {
  const { terminal, options } = context
  return withApi(context, async (api) => {
    const found = await api.status()
    const now = systemClock.now()
    terminal.out(options.json ? JSON.stringify(found) : statusLines(found, now, terminal).join('\n'))
    return EXIT.done
  })
}

function statusLines(found: ProjectStatus, now: number, terminal: Terminal): string[] {
  const { paint } = terminal
  const rows = found.assets.map((asset) => assetCells(asset, now, terminal))
  const header = ['', 'asset', 'readers see', 'rows', 'last step', 'took'].map((text) => paint.dim(text))
  return [
    headline(found, now),
    '',
    ...alignTable([header, ...rows], new Set([3, 5])),
    ...deliveryLines(found, terminal),
    ...lockLines(found),
    ...untoldLines(found, now),
  ]
}

function headline({ assets, lastRelease, lastRun }: ProjectStatus, now: number): string {
  if (!lastRun) return 'Nothing has run yet. Start with: millrace run'
  const bad = assets.filter(
    ({ latest }) => latest && (latest.status === 'held' || latest.status === 'failed'),
  )
  const release = lastRelease
    ? `Release ${lastRelease.release} went out ${ago(lastRelease.at, now)}.`
    : 'Nothing is released yet.'
  if (bad.length === 0) return `All ${assets.length} assets are well. ${release}`
  return `${bad.map(({ asset, latest }) => `${asset} ${latest?.status}`).join(', ')}. ${release}`
}

const MARKS = { released: '✓', unchanged: '·', held: '◐', failed: '✗', skipped: '–' } as const

function assetCells(
  { asset, release, releasedAt, rows, latest, pending }: AssetStatus,
  now: number,
  { paint }: Terminal,
): string[] {
  const mark = latest ? MARKS[latest.status] : ' '
  const seen =
    release === null ? paint.dim('nothing yet') : `release ${release}, ${ago(releasedAt ?? now, now)}`
  const owed = pending === 'all' ? 'everything' : pending.length > 0 ? rangesText(pending) : ''
  const last = latest
    ? `${latest.status}${latest.status === 'held' || latest.status === 'failed' ? `: ${latest.reason}` : ''}`
    : 'never ran'
  return [
    mark,
    paint.bold(asset),
    seen,
    rows === null ? '' : count(rows),
    owed ? `${last}; owes ${owed}` : last,
    latest ? duration(latest.durationMs) : '',
  ]
}

function deliveryLines({ deliveries }: ProjectStatus, { paint }: Terminal): string[] {
  if (deliveries.length === 0) return []
  const rows = deliveries.map(({ target, connection, delivered, wanted, status, error }) => [
    `  ${paint.bold(target)}`,
    `on ${connection}`,
    status === 'delivered'
      ? `shows release ${delivered}`
      : `${status}: shows release ${delivered}, should show ${wanted}. ${error ?? ''}`,
  ])
  return ['', 'Delivered', ...alignTable(rows)]
}

function lockLines({ locks }: ProjectStatus): string[] {
  const holders = [...new Set(locks.map(({ run, process }) => `Run ${run} goes on in ${process}.`))]
  return holders.length > 0 ? ['', ...holders] : []
}

const untoldLines = ({ untold }: ProjectStatus, now: number): string[] =>
  untold.flatMap(({ channel, since, waiting, givenUp, error }) => [
    '',
    `Alerts do not reach ${channel.replace(/#.*/, '')} since ${ago(since, now)}: ${error}`,
    `  ${waiting} waiting, ${givenUp} given up. Look: millrace doctor`,
  ])
