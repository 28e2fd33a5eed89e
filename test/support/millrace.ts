import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { removeProject } from './remove-project.js'

const BIN = findUp('bin/millrace')

/** Benchmarks bundle this file to another folder of the repository, so the way up differs. */
function findUp(path: string): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, path))) return join(folder, path)
    if (folder === dirname(folder)) throw new Error(`there is no ${path} above ${import.meta.dirname}`)
  }
}

export type Finished = Readonly<{
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}>

/** A project in a temporary folder, and the real command line to work on it. */
export interface TestProject {
  readonly root: string
  write(files: Readonly<Record<string, string>>): void
  /** Starts `millrace …`; `finished` resolves when it ended, however it ended. */
  start(...args: string[]): { child: ChildProcess; finished: Promise<Finished> }
  run(...args: string[]): Promise<Finished>
  /** Runs with `--json` and parses what it printed. */
  json<T>(...args: string[]): Promise<{ code: number | null; value: T }>
  remove(): void
}

export function createTestProject(
  files: Readonly<Record<string, string>>,
  env: Record<string, string> = {},
  /** Whose the project is, and who runs it; absent: as ourselves. */
  account?: { uid: number; gid: number },
): TestProject {
  const root = mkdtempSync(join(tmpdir(), 'millrace e2e-'))
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(more)) {
      mkdirSync(dirname(join(root, file)), { recursive: true })
      writeFileSync(join(root, file), text)
    }
  }
  const start = (...args: string[]) => {
    const child = spawn(
      process.execPath,
      [BIN, ...(args.includes('--project') ? [] : ['--project', root]), ...args],
      {
        ...account,
        env: { ...process.env, ...env, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    return { child, finished: finish(child) }
  }
  const run = (...args: string[]) => start(...args).finished
  write(files)
  if (account)
    for (const path of [root, ...readdirSync(root, { recursive: true, encoding: 'utf8' })])
      chownSync(resolve(root, path), account.uid, account.gid)
  return {
    root,
    write,
    start,
    run,
    json: async <T>(...args: string[]) => {
      const { code, stdout, stderr } = await run(...args, '--json')
      try {
        // The caller names the published shape it expects.
        return { code, value: JSON.parse(stdout) as T }
      } catch {
        throw new Error(`no JSON on stdout (exit code ${code})\n${stdout}\n${stderr}`)
      }
    },
    remove: () => removeProject(root),
  }
}

async function finish(child: ChildProcess): Promise<Finished> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, stdout, stderr }
}

/** The published shape of `run --json`, as far as tests look at it. */
export type RunJson = Readonly<{
  run: number
  release: number | null
  steps: readonly {
    asset: string
    status: string
    rows: number | null
    reason: string
    error: { code: string } | null
  }[]
  deliveries: readonly {
    delivery: string
    status: string
    inserted: number
    updated: number
    deleted: number
  }[]
}>

export type QueryJson = Readonly<{
  columns: readonly { name: string; type: string }[]
  rows: readonly (readonly unknown[])[]
}>

export const statuses = (run: RunJson): Record<string, string> =>
  Object.fromEntries(run.steps.map(({ asset, status }) => [asset, status]))
