import { messageOf } from '../../base/errors.js'
import type { Look } from '../../watch/look.js'
import { sendDue } from '../send-due.js'
import type { Session } from '../session.js'
import { watchedTicks } from '../watch/watched-ticks.js'
import { createWatch, watchProject } from '../watch-project.js'
import type { LiveProject } from './live.js'

export type KeepWatchOptions = Readonly<{
  /** Page of an alert in the console; null as long as there is none. */
  linkTo: (alert: number) => string | null
  /** True where this process keeps the schedule: it then knows what is late. */
  hasScheduler: boolean
  /** Latest record of each report and tenant; null where nobody makes any. */
  reports: (session: Session) => Promise<Look['reports']>
  /** Between looks when nothing happens. */
  everyMs?: number
}>

const EVERY_MS = 10_000

/**
 * Looks at once, after every run and every ten seconds, until the signal is aborted; publishes alerts that changed.
 * A look that fails is logged, and the next one finds what it missed. Messages go out beside the looks: a channel that
 * takes its time holds up none of them.
 */
export async function keepWatch(
  live: LiveProject,
  options: KeepWatchOptions,
  signal: AbortSignal,
): Promise<void> {
  const kept = { remembered: createWatch(), since: live.session.services.clock.now() }
  let wake = () => {}
  let sending: Promise<void> | null = null
  live.onRun((_run, event) => {
    if (event.kind === 'run-finished') wake()
  })
  while (!signal.aborted) {
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    await live.use((session) => look(session, live, { ...options, ...kept }, signal))
    sending ??= live
      .use((session) => send(session, signal))
      .finally(() => {
        sending = null
      })
    await Promise.race([woken, pause(live.session, options.everyMs ?? EVERY_MS, signal)])
  }
  await sending
}

async function look(
  session: Session,
  live: LiveProject,
  options: KeepWatchOptions & { remembered: ReturnType<typeof createWatch>; since: number },
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = session.services
  try {
    const now = clock.now()
    const [ticks, reports] = await Promise.all([
      options.hasScheduler ? watchedTicks(session, now, options.since) : null,
      options.reports(session),
    ])
    const changed = await watchProject(session, now, {
      remembered: options.remembered,
      ticks,
      reports,
      broken: live.broken && { code: live.broken.code, message: live.broken.message },
      linkTo: options.linkTo,
    })
    for (const alert of changed) live.publish({ kind: 'alert', alert })
  } catch (error) {
    if (!signal.aborted) log.error({ err: error, detail: messageOf(error) }, 'a look at the project failed')
  }
}

async function send(session: Session, signal: AbortSignal): Promise<void> {
  try {
    await sendDue(session, signal)
  } catch (error) {
    if (signal.aborted) return
    session.services.log.warn({ err: error, detail: messageOf(error) }, 'messages about alerts wait')
  }
}

async function pause({ services }: Session, ms: number, signal: AbortSignal): Promise<void> {
  await services.clock.sleep(ms, signal).catch(() => {})
}
