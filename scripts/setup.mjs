// What a fresh clone needs before anything runs: packages and a build. Does nothing when both are up to date.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Installs and builds where that is needed. Ends the process with a clear word when it cannot. */
export function setUp() {
  requireNode()
  const lock = digest(readFileSync(join(root, 'package-lock.json')))
  const installed = join(root, 'node_modules', '.millrace-lock')
  if (read(installed) !== lock) {
    step('Installing packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
    writeFileSync(installed, lock)
  }
  const sources = Math.max(newest(join(root, 'src')), newest(join(root, 'console')))
  if (
    !existsSync(join(root, 'dist', 'bundle', 'main.js')) ||
    !existsSync(join(root, 'dist', 'console', 'index.html')) ||
    newest(join(root, 'dist')) < sources
  ) {
    step('Building', process.execPath, [join(root, 'scripts', 'build.mjs')])
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Millrace needs Node 20.19 or newer; this is ${process.version}.`)
  process.exit(2)
}

/** Runs a part of the set-up; its output is shown only if it fails. */
function step(title, command, args) {
  process.stderr.write(`${title} … `)
  const begun = performance.now()
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 })
  if (result.status !== 0) {
    console.error(`failed.\n${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`)
    process.exit(1)
  }
  console.error(`${((performance.now() - begun) / 1000).toFixed(1)} s`)
}

function newest(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !(entry.parentPath ?? entry.path).includes('node_modules'))
    .reduce(
      (latest, entry) => Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
      0,
    )
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}
