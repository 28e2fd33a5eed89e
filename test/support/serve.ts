import { createInterface } from 'node:readline'
import type { Finished, TestProject } from './millrace.js'

export type Served = Readonly<{
  url: string
  token: string
  finished: Promise<Finished>
  ask<T>(path: string): Promise<T>
  /** As Ctrl-C does; resolves when the server has ended. */
  stop(): Promise<Finished>
  kill(): Promise<Finished>
}>

/** Starts `millrace serve` of a test project on a free port, and waits until it answers. */
export async function serve(project: TestProject): Promise<Served> {
  const { child, finished } = project.start('serve', '--json', '--port', '0')
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout! }).once('line', resolve)),
    finished.then(({ stderr }) => Promise.reject(new Error(`the server did not start:\n${stderr}`))),
  ])
  const { url, token } = JSON.parse(line) as { url: string; token: string }
  if (url === undefined) throw new Error(`the server did not start:\n${line}`)
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return finished
  }
  return {
    url,
    token,
    finished,
    ask: async (path) => {
      const answer = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as never
    },
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
  }
}
