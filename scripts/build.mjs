// Compiles src/ into dist/, copies what is not TypeScript beside it, and builds the console unless `--no-console`.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
// The console stays: it takes the longest, and is only built anew when its sources changed.
const dist = join(root, 'dist')
for (const name of existsSync(dist) ? readdirSync(dist) : []) {
  if (name !== 'console') rmSync(join(dist, name), { recursive: true, force: true })
}
const tsc = spawnSync(
  process.execPath,
  [`${root}/node_modules/typescript/bin/tsc`, '-p', `${root}/tsconfig.json`],
  {
    stdio: 'inherit',
  },
)
if (tsc.status !== 0) process.exit(tsc.status ?? 1)
cpSync(`${root}/src`, `${root}/dist`, {
  recursive: true,
  filter: (path) => !/\.(ts|tsx)$/.test(path),
})
await import('./bundle.mjs')
if (!process.argv.includes('--no-console')) {
  const { buildConsole } = await import('./build-console.mjs')
  await buildConsole()
}
