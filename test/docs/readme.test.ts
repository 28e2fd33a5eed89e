import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { removeProject } from '../support/remove-project.js'

const ROOT = resolve(import.meta.dirname, '../..')

type Step = { kind: 'file'; path: string; text: string } | { kind: 'run'; commands: string[] }

/** The marked blocks of a page in order: `<!-- file: path -->` is written, `<!-- run -->` is run. */
function stepsOf(page: string): Step[] {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const blocks = text.matchAll(/<!-- (run|file: (\S+)) -->\n```\w+\n([\s\S]*?)```/g)
  return [...blocks].map(([, , path, body]) =>
    path ? { kind: 'file', path, text: body! } : { kind: 'run', commands: body!.trim().split('\n') },
  )
}

test('the five minutes of the README work as written, from an empty folder', () => {
  const home = mkdtempSync(join(tmpdir(), 'millrace-readme-'))
  const steps = stepsOf('README.md')
  expect(steps.length).toBeGreaterThan(4)
  let folder = home
  let printed = ''
  try {
    for (const step of steps) {
      if (step.kind === 'file') {
        mkdirSync(dirname(join(folder, step.path)), { recursive: true })
        writeFileSync(join(folder, step.path), step.text)
        continue
      }
      for (const command of step.commands) {
        if (command.startsWith('cd ')) {
          folder = resolve(folder, command.slice(3))
          continue
        }
        const result = spawnSync(
          'sh',
          ['-c', command.replace(/^millrace/, `'${join(ROOT, 'bin/millrace')}'`)],
          {
            cwd: folder,
            encoding: 'utf8',
            env: { ...process.env, NO_COLOR: '1' },
          },
        )
        expect(`${command}: ${result.status}\n${result.stderr}`).toMatch(/: 0\n/)
        printed += result.stdout
      }
    }
    expect(printed).toContain('quiet_hours')
    expect(printed).toContain('build   marts.busiest_hours')
  } finally {
    removeProject(folder)
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}, 60_000)
