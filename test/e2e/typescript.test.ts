import { availableParallelism } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestProject, type RunJson, statuses, type TestProject } from '../support/millrace.js'

type Steps = readonly {
  asset: string
  startedAt: number
  durationMs: number
  error: { code: string; message: string; hint: string } | null
}[]

const asset = (inputs: string, body: string, before = '') => `/* @asset
description: made for a test
inputs: [${inputs}]
columns: { n: { type: integer } }
*/
${before}
export default async function* (ctx) {
  ${body}
}
`
const reads = (options: string) =>
  asset('raw.rows', `for await (const row of ctx.input('raw.rows', ${options})) yield { n: row.n }`)

let project: TestProject
beforeAll(() => {
  project = createTestProject({
    'millrace.yaml':
      'name: typescript\nstate: embedded\nwarehouse: { type: duckdb, path: .millrace/warehouse.duckdb }\n',
    'tsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
    'lib/scale.ts': 'export const scale = 2\n',
    'assets/raw/rows.sql': '/* @asset\ndescription: rows\n*/\nselect i::integer as n from range(3) t(i)\n',
    'assets/t/unknown_column.ts': reads("{ columns: ['N', 'm'] }"),
    'assets/t/unknown_order.ts': reads("{ orderBy: ['m'] }"),
    'assets/t/no_time.ts': reads("{ interval: { start: '2024-01-01', end: '2024-01-02' } }"),
    'assets/t/scaled.ts': asset('raw.rows', 'yield { n: scale }', "import { scale } from '@lib/scale'"),
    ...Object.fromEntries(
      Array.from({ length: availableParallelism() + 2 }, (_, at) => [
        `assets/t/waits_${at}.ts`,
        asset('raw.rows', 'await new Promise((done) => setTimeout(done, 100))\n  yield { n: 1 }'),
      ]),
    ),
  })
})
afterAll(() => project.remove())

test('an input asked for as it cannot be given fails that step, and its own line is told', async () => {
  const { value } = await project.json<{ steps: Steps }>('run')
  const told = Object.fromEntries(value.steps.map(({ asset: name, error }) => [name, error]))
  expect(told['t.unknown_column']).toMatchObject({
    code: 'RUNTIME_INPUT_REFUSED',
    message:
      't.unknown_column cannot read raw.rows as assets/t/unknown_column.ts:8 asks: it has no column m.',
    hint: 'Did you mean "n"?',
  })
  expect(told['t.unknown_order']?.message).toContain('it has no column m')
  expect(told['t.no_time']?.message).toContain('it has no time column')
  expect(told['t.scaled']).toBeNull()
  // A step that waits for a process has not begun: neither its time limit nor its duration count the wait.
  const waits = value.steps.filter(({ asset: name }) => name.startsWith('t.waits'))
  const atOnce = waits.map(
    ({ startedAt: now }) =>
      waits.filter(({ startedAt, durationMs }) => startedAt <= now && now < startedAt + durationMs).length,
  )
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(availableParallelism())
})

test('a change in a file imported by a path alias builds the asset again', async () => {
  project.write({ 'lib/scale.ts': 'export const scale = 3\n' })
  const { value } = await project.json<RunJson>('run', '--select', 't.scaled')
  expect(statuses(value)).toEqual({ 't.scaled': 'released' })
})
