import type { RunEvent } from '../../executor/events.js'
import { appError } from '../errors.js'
import type { LiveProject, Ticket } from '../live/live.js'
import { runProject } from '../run-project.js'
import type { Session } from '../session.js'
import type { RunOutcome, RunRequestBody } from './api.js'
import type { ApiHost } from './host.js'

type Emit = (event: RunEvent) => void

/** Through the queue of the server that keeps the project open; without one, at once. */
export function startRun(
  { live, use }: ApiHost,
  request: RunRequestBody,
  emit: Emit,
  signal: AbortSignal,
): Promise<RunOutcome> {
  if (live) return followTicket(live.enqueue(request, []), request.trigger, emit, signal)
  return use(async (session) => {
    const { result } = await runProject(session, request, emit, signal)
    // Imported when it is needed: commands that only read start faster without it.
    await (await import('../watch-after-run.js')).watchAfterRun(session, signal)
    return { result, sources: sourcesOf(session) }
  })
}

export const sourcesOf = ({ loaded: { project } }: Session): string[] =>
  project.assets.filter(({ body }) => body.kind === 'source').map(({ name }) => name)

/** Rejects with the signal's reason when it is cut off, and only once the run has let go of its assets. */
async function followTicket(
  ticket: Ticket,
  by: string,
  emit: Emit,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const cancel = () => ticket.cancel(by)
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  // Ends with the run, so that the last events of a cancelled one are told too.
  const told = tell(ticket, emit)
  try {
    return await ticket.outcome
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    await told
    signal.removeEventListener('abort', cancel)
  }
}

async function tell(ticket: Ticket, emit: Emit): Promise<void> {
  for await (const event of ticket.events(new AbortController().signal)) emit(event)
}

/** @throws RUN_UNKNOWN, RUN_NOT_GOING_ON */
export async function cancelRun(
  session: Session,
  live: LiveProject | null,
  run: number,
  by: string,
): Promise<void> {
  const found = await (await session.services.store()).run(run)
  if (!found) throw appError('RUN_UNKNOWN', { run })
  const { status } = found.run
  const isOurs = live?.queue().some((entry) => entry.run === run) ?? false
  if (!live || !isOurs) throw appError('RUN_NOT_GOING_ON', { run, status })
  live.cancel(run, by)
}
