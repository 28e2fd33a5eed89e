// `npm test`: sets up, then lint, types and every test. The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, setUp } from './setup.mjs'

setUp()
const bin = (name) => join(root, 'node_modules', '.bin', name)
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0

const selected = process.argv.slice(2)
const whole = selected.length === 0
const extra = whole
  ? [
      ['lint', run(bin('biome'), ['check', '.'])],
      ['types', run(bin('tsc'), ['-p', 'tsconfig.test.json', '--noEmit'])],
      ['types of the console', run(bin('tsc'), ['-p', 'console/tsconfig.json'])],
    ]
  : []

const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'))
const report = join(folder, 'report.json')
const finished = run(bin('vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...selected,
])
const counts = readCounts(report)
rmSync(folder, { recursive: true, force: true })

for (const [name, ok] of extra) if (!ok) console.log(`${name} failed`)
const passed = counts.passed + extra.filter(([, ok]) => ok).length
// A runner that died before its report is a failure, however many tests it had passed.
const failed =
  counts.failed + extra.filter(([, ok]) => !ok).length + (!finished && counts.failed === 0 ? 1 : 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

function readCounts(path) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(path, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests }
  } catch {
    return { passed: 0, failed: 0 }
  }
}
