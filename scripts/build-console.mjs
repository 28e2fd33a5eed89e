// Builds console/ into dist/console. Does nothing while its sources are what they were at the last build.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = join(root, 'console')
const stamp = join(root, 'dist', 'console', 'sources.sha256')

export async function buildConsole() {
  const digest = digestOf([...filesIn(sources), join(root, 'package-lock.json')])
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  const { build } = await import('vite')
  await build({ root: sources, configFile: join(sources, 'vite.config.ts'), logLevel: 'warn' })
  writeFileSync(stamp, digest)
}

/** What the built console is made of: `dev/` only serves made-up data while the console is worked on. */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isFile()) return [path]
    return entry.name === 'node_modules' || entry.name === 'dev' ? [] : filesIn(path)
  })
}

function digestOf(files) {
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(`${relative(root, file)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole()
