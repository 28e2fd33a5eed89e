// The command line, as a user would call it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { project } from './app-database.mjs'

const millrace = fileURLToPath(new URL('../../../bin/millrace', import.meta.url))

function start(words, url, options) {
  return spawn(process.execPath, [millrace, ...words, '--project', project], {
    env: { ...process.env, APP_DATABASE_URL: url },
    ...options,
  })
}

/** Runs one command to its end and gives its exit code. */
export async function command(words, url) {
  const [code, signal] = await once(start(words, url, { stdio: 'inherit' }), 'exit')
  return code ?? (signal === 'SIGINT' ? 130 : 1)
}

/** Starts `millrace serve` and waits until it answers: `{ url, token, ended, stop }`. */
export async function serve(words, url) {
  const child = start(['serve', '--json', ...words], url, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit').then(([code]) => code ?? 0)
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => text),
    ended.then((code) => Promise.reject(new Error(`millrace serve ended with exit code ${code}.`))),
  ])
  return { ...JSON.parse(line), ended, stop: () => child.kill('SIGTERM') }
}
