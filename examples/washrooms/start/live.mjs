// The example live: the server keeps the project, the fleet keeps sending, a line a minute says how far it is.
import { keepSending, SPEED } from './fleet.mjs'
import { command, serve } from './millrace.mjs'

/** Stays until the signal is aborted, then ends the server cleanly. Gives the exit code. */
export async function live({ fleet, url, port, signal }) {
  const server = await serve(port ? ['--port', String(port)] : [], url)
  // Ctrl-C in a terminal reaches the server as well; from elsewhere it has to be told.
  signal.addEventListener('abort', () => server.stop(), { once: true })
  const stopped = new AbortController()
  try {
    await command(['run'], url)
    if (!signal.aborted) tellWhereToLook(server)
    const sending = keepSending(fleet, url, AbortSignal.any([signal, stopped.signal]), progress())
    const code = await server.ended
    stopped.abort()
    await sending
    return code
  } finally {
    server.stop()
  }
}

function tellWhereToLook({ url, token }) {
  console.error(`
Console      ${url}/#token=${token}
The fleet keeps sending; until it has caught up with the clock it lives an hour a minute (${SPEED} ×).
Let something go wrong, from another terminal:
  npm start -- --inject bad-batch | slow-algorithm | silent-devices | schema-change
Ctrl-C ends it.
`)
}

/** Takes what was sent and prints it in one line a minute. */
function progress() {
  let readings = 0
  let last = performance.now()
  let away = false
  return ({ readings: sent = 0, sentUntil, error }) => {
    if (error) {
      if (!away) console.error(`The app's database does not take readings (${error.message}); trying again.`)
      away = true
      return
    }
    away = false
    readings += sent
    if (performance.now() - last < 60_000) return
    last = performance.now()
    console.error(
      `${new Date(sentUntil).toISOString().slice(0, 16)}Z  ${readings.toLocaleString('en-US')} readings sent`,
    )
    readings = 0
  }
}
