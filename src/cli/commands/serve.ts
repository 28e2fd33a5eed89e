import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Api } from '../../app/api/api.js'
import type { AssetSummary, ReportSummary } from '../../app/api/shapes.js'
import { findProject } from '../../app/load.js'
import { systemClock } from '../../base/clock.js'
import { serverError } from '../../server/errors.js'
import {
  consoleLink,
  type RunningServer,
  requireNoOther,
  requireUsableHost,
  startServer,
} from '../../server/serve.js'
import { openLive } from '../api/open-live.js'
import type { CommandContext } from '../context.js'
import { EXIT } from '../exit-code.js'
import { onInterrupt } from '../interrupt.js'
import { within } from '../output/numbers.js'
import type { Terminal } from '../output/terminal.js'

export type ServeOptions = Readonly<{
  port?: string
  host?: string
  runs?: string
  allowHost?: readonly string[]
}>

const LOOPBACK = '127.0.0.1'
/** Runs that go on when the server is told to stop have this long to end by themselves. */
const GRACE_MS = 30_000

export async function serve(context: CommandContext, options: ServeOptions): Promise<number> {
  const { terminal, options: global } = context
  const { port = null, host = LOOPBACK, allowHost: allowHosts = [] } = options
  const runsAtOnce = options.runs === undefined ? undefined : runsOf(options.runs)
  const wantedPort = port === null ? null : portOf(port)
  requireUsableHost(host, allowHosts)
  // Before anything is opened: the owner of the files would be told as a process id only.
  await requireNoOther(join(findProject(global.project), '.millrace'))
  const interrupt = onInterrupt(
    terminal.note,
    `Stopping: runs that go on have ${GRACE_MS / 1000} s to end, what is not done by then is left for the next start.`,
  )
  const { live, api, log, servedAt, stop } = await openLive(context, runsAtOnce)
  try {
    const server = await startServer({
      live,
      stopProject: stop,
      api,
      log,
      clock: systemClock,
      port: wantedPort,
      host,
      allowHosts,
      consoleFolder: builtConsole(),
    }).catch(async (error: unknown) => {
      await stop(0)
      throw error
    })
    servedAt(server.url)
    if (global.json) terminal.out(JSON.stringify({ url: server.url, token: server.token }))
    else
      for (const line of await greeting(server, live.session.loaded.project.name, api, terminal))
        terminal.out(line)
    await aborted(interrupt.signal)
    await server.stop(GRACE_MS)
    return EXIT.done
  } finally {
    interrupt.release()
  }
}

const MOST_RUNS = 32

function runsOf(text: string): number {
  const runs = Number(text)
  if (!/^\d{1,2}$/.test(text) || runs < 1 || runs > MOST_RUNS) throw serverError('RUNS_INVALID', { text })
  return runs
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw serverError('PORT_INVALID', { text })
  return port
}

/** Beside the compiled files; null in a copy that was built without it. */
function builtConsole(): string | null {
  const folder = fileURLToPath(new URL('../../console', import.meta.url))
  return existsSync(join(folder, 'index.html')) ? folder : null
}

async function greeting(
  server: RunningServer,
  project: string,
  api: Api,
  { paint }: Terminal,
): Promise<string[]> {
  const [assets, reports] = await Promise.all([api.assets(), api.reports()])
  return [
    `Serving ${paint.bold(project)}, ${assets.length} ${assets.length === 1 ? 'asset' : 'assets'}.`,
    `Console  ${consoleLink(server)}`,
    `Next     ${nextText(assets, reports, systemClock.now())}`,
    paint.dim('Ctrl-C stops.'),
  ]
}

/** What the schedule does next, in words. */
function nextText(assets: readonly AssetSummary[], reports: readonly ReportSummary[], now: number): string {
  const due = [
    ...assets.map(({ asset, nextTick }) => ({ name: asset, at: nextTick })),
    ...reports.map(({ report, nextTick }) => ({ name: `report ${report}`, at: nextTick })),
  ].filter((tick): tick is { name: string; at: number } => tick.at !== null)
  const at = Math.min(...due.map((tick) => tick.at))
  const [first, ...others] = due.filter((tick) => tick.at === at)
  if (!first) return 'nothing is scheduled; write "schedule:" in a header, or start runs by hand'
  const more = others.length > 0 ? ` and ${others.length} more` : ''
  return `${first.name}${more} ${within(at - now)}`
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
