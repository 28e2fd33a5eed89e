import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { createParser } from '../../src/adapters/engines/duckdb/query/parse.js'
import type { Diagnostic } from '../../src/domain/diagnostic.js'
import { type LoadResult, loadProject } from '../../src/project/load-project.js'
import type { SqlParser } from '../../src/sql/parse.js'

/** A project's files by path; `null` leaves a default file out. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>

export const CONFIG = `name: washrooms
tenant: customer_id
connections:
  app: { type: postgres, url: "\${APP_DATABASE_URL}" }
  drop: { type: files, path: ./incoming }
vars: { silent_after: 2 hours }
`

export const ENV = { APP_DATABASE_URL: 'postgres://millrace@localhost/app' }

const READINGS = `source: { from: app, table: hardware.readings, load: incremental, cursor: id }
key: [id]
time: { column: read_at }
`

const DEFAULTS: Files = { 'millrace.yaml': CONFIG, 'assets/raw/readings.yaml': READINGS }

let parser: Promise<SqlParser> | undefined

export function duckDbParser(): Promise<SqlParser> {
  parser ??= DuckDBInstance.create(':memory:')
    .then((instance) => instance.connect())
    .then(createParser)
  return parser
}

/** Writes a project into a folder of its own, and runs `work` on it. */
export async function withProject<T>(files: Files, work: (root: string) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'millrace-project-'))
  try {
    for (const [file, content] of Object.entries({ ...DEFAULTS, ...files })) {
      if (content === null) continue
      await mkdir(dirname(join(root, file)), { recursive: true })
      await writeFile(join(root, file), content)
    }
    return await work(root)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

export async function load(
  files: Files,
  env: Readonly<Record<string, string | undefined>> = ENV,
): Promise<LoadResult> {
  return withProject(files, async (root) => loadProject(root, { parse: await duckDbParser(), env }))
}

/** Diagnostics as a person reads them. */
export const printed = (diagnostics: readonly Diagnostic[]): string =>
  diagnostics
    .map(
      ({ file, line, column, severity, code, message, hint }) =>
        `${file}:${line}:${column} ${severity} ${code}\n  ${message}\n  ${hint}\n`,
    )
    .join('')
