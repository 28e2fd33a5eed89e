// Compiles src/ into dist/ and copies what is not TypeScript beside it.
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
rmSync(`${root}/dist`, { recursive: true, force: true })
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
