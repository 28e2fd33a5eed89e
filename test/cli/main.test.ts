import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const BIN = join(import.meta.dirname, '../../bin/millrace')

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'millrace cli-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

type Ended = Readonly<{ code: number; stdout: string; stderr: string }>

const millrace = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...args], { cwd: home }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })

const COMMANDS = [
  [],
  ...'init serve plan run check query report status lineage alerts types doctor'
    .split(' ')
    .map((name) => [name]),
  ...'show ack silence unsilence silences'.split(' ').map((name) => ['alerts', name]),
]

describe('help', () => {
  test('of every command fits a screen of 24 lines by 80 and shows an example', async () => {
    const helps = await Promise.all(COMMANDS.map((words) => millrace(...words, '--help')))
    for (const [at, { code, stdout }] of helps.entries()) {
      const lines = stdout.trimEnd().split('\n')
      expect(code).toBe(0)
      expect(lines.length, COMMANDS[at]?.join(' ')).toBeLessThanOrEqual(24)
      expect(lines.filter((line) => line.length > 80)).toEqual([])
      expect(stdout).toContain(`Example: millrace ${COMMANDS[at]?.join(' ')}`.trimEnd())
    }
  })
})

test('--version prints the version of the package alone', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
  expect(await millrace('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

describe('words that are not understood', () => {
  const WRONG: readonly (readonly [string[], string, string])[] = [
    [['runn'], "Unknown command 'runn'.", 'Did you mean run?'],
    [['run', '--selct', 'x'], "Unknown option '--selct'.", 'Did you mean --select?'],
    [['query'], "Missing required argument 'sql'.", 'See what there is with: millrace --help'],
    [[], 'A command is missing.', 'See what there is with: millrace --help'],
  ]
  test('exit with 2, name the nearest, and are one JSON document with --json', async () => {
    for (const [words, message, hint] of WRONG) {
      const asText = await millrace(...words)
      expect(asText).toMatchObject({ code: 2, stdout: '' })
      expect(asText.stderr).toContain(`${message} USAGE_INVALID\n  ${hint}`)
      const asJson = await millrace(...words, '--json')
      expect(asJson.code).toBe(2)
      expect(JSON.parse(asJson.stdout)).toEqual({
        error: { code: 'USAGE_INVALID', message, hint },
        diagnostics: [],
      })
    }
  })
})

test('a folder that cannot become a project is told without a trace of the stack', async () => {
  writeFileSync(join(home, 'file'), '')
  for (const folder of ['file', 'file/shop']) {
    const { code, stderr } = await millrace('init', folder)
    expect(code).toBe(2)
    expect(stderr).toContain('there is a file in the way. INIT_FOLDER_UNUSABLE')
    expect(stderr).not.toContain(' at ')
  }
  expect((await millrace('status', '--project', 'nowhere')).stderr).toContain('There is no folder ')
})

test('a project whose own files have no place is told without a trace of the stack', async () => {
  expect((await millrace('init', 'without-home')).code).toBe(0)
  writeFileSync(join(home, 'without-home/.millrace'), 'a file')
  const { code, stdout, stderr } = await millrace('status', '--project', 'without-home', '--json')
  expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'HOME_UNUSABLE'])
  expect(stderr).not.toMatch(/^ +at /m)
})

test('the doctor looks at the machine where no project can be opened, and says what is wrong with it', async () => {
  const without = await millrace('doctor', '--json')
  expect(without.code).toBe(2)
  const { error, findings } = JSON.parse(without.stdout) as {
    error: { code: string }
    findings: { topic: string; status: string }[]
  }
  expect(error.code).toBe('PROJECT_NOT_FOUND')
  // What removed projects have left on this machine is a finding too.
  const topics = findings.map(({ topic }) => topic).filter((topic) => topic !== 'left behind')
  expect(topics).toEqual(['millrace', 'node', 'thread pool', 'embedded state', 'disk', 'project'])
  writeFileSync(join(home, 'millrace.yaml'), 'nme: x\n')
  const broken = await millrace('doctor')
  rmSync(join(home, 'millrace.yaml'))
  expect(broken.code).toBe(2)
  expect(broken.stdout).toMatch(/problem +project +The project has /)
  expect(broken.stderr).toContain('millrace.yaml:1:1')
  expect(existsSync(join(home, '.millrace'))).toBe(false)
})

test('a reader that stops reading ends no command with a fault', async () => {
  const child = spawn(process.execPath, [BIN, '--help'], { cwd: home, stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  child.stdout.destroy()
  const [code] = (await once(child, 'close')) as [number]
  expect({ code, complaints }).toEqual({ code: 0, complaints: '' })
})
