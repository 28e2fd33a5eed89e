import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Alert, Silence } from '../../../src/domain/alert.js'
import { FILES } from '../../app/watched-project.js'
import { createTestProject, type TestProject } from '../../support/millrace.js'
import { removeProject } from '../../support/remove-project.js'

const CONFIG =
  'name: washrooms\ntimezone: Europe/Dublin\nconnections:\n  drop: { type: files, path: ./incoming }\n'

describe('millrace alerts', () => {
  let project: TestProject
  beforeAll(async () => {
    project = createTestProject({
      'millrace.yaml': CONFIG,
      ...FILES,
      'incoming/readings.csv': 'id,washroom_id,visits\n1,7,10\n2,,20\n',
    })
    expect((await project.run('run')).code).toBe(3)
  })
  afterAll(() => removeProject(project.root))
  type Listed = { alerts: readonly Alert[] }

  test('lists what is open with what it caused below', async () => {
    const { code, stdout } = await project.run('alerts')
    expect(code).toBe(0)
    expect(stdout).toMatch(/✗ firing +error +staging\.visits is held: 1 of 2 rows has no washroom_id/)
    expect(stdout).toMatch(/└ marts\.hourly was not built: staging\.visits, which it reads, was held/)
    expect(stdout).toMatch(/1 cause\. Look at one: millrace alerts show \d+/)
    const { value } = await project.json<Listed>('alerts')
    expect(value.alerts.filter(({ cause }) => cause === null).map(({ key }) => key)).toEqual([
      'held:staging.visits',
    ])
  })

  test('shows one, and notes who looks after it', async () => {
    const { value } = await project.json<Listed>('alerts', '--asset', 'staging.visits')
    const id = String(value.alerts[0]?.id)
    const acknowledged = await project.run('alerts', 'ack', id, '--note', 'a bad batch', '--by', 'Ana')
    expect(acknowledged.stdout).toContain(`Ana looks after alert ${id}: staging.visits is held`)
    const { stdout } = await project.run('alerts', 'show', id)
    expect(stdout).toMatch(/◐ acknowledged +just now +by Ana +a bad batch/)
    expect(stdout).toContain('It also caused')
    const shown = await project.json<{ alert: Alert; caused: readonly Alert[] }>('alerts', 'show', id)
    expect(shown.value.alert.acknowledgedBy).toBe('Ana')
  })

  test('silences assets for a while, and ends it', async () => {
    const made = await project.json<Silence>('alerts', 'silence', 'marts.*', '--for', '2h', '--kind', 'held')
    expect(made.value).toMatchObject({ assets: 'marts.*', kind: 'held' })
    const { stdout } = await project.run('alerts', 'silences')
    expect(stdout).toMatch(/^1 {2}marts\.\* \(held\) for (2 h 0 min|1 h 59 min), by /)
    expect((await project.run('alerts', 'unsilence', '1')).code).toBe(0)
    expect((await project.run('alerts', 'silences')).stdout).toBe('Nothing is silenced.\n')
  })

  test('says what is wrong with a question, with exit code 2', async () => {
    for (const [words, code] of [
      [['show', '999'], 'ALERT_UNKNOWN'],
      [['show', 'x'], 'ALERT_UNKNOWN'],
      [['ack', '999'], 'ALERT_UNKNOWN'],
      [['silence', 'marts.*', '--for', 'long'], 'SILENCE_INVALID'],
      [['silence', 'a b', '--for', '1h'], 'SILENCE_INVALID'],
      [['silence', '*', '--for', '1h', '--kind', 'loud'], 'SILENCE_INVALID'],
      [['unsilence', '7'], 'SILENCE_UNKNOWN'],
    ] as const) {
      const answer = await project.json<{ error: { code: string } }>('alerts', ...words)
      expect([words, answer.code, answer.value.error.code]).toEqual([words, 2, code])
    }
  })

  test('has nothing open once the batch is right', async () => {
    project.write({ 'incoming/readings.csv': 'id,washroom_id,visits\n1,7,10\n2,8,20\n' })
    expect((await project.run('run')).code).toBe(0)
    expect((await project.run('alerts')).stdout).toBe('No open alerts.\n')
    const { stdout } = await project.run('alerts', '--all')
    expect(stdout).toMatch(/✓ resolved +error +staging\.visits is held/)
  })
})
