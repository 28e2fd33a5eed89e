// Runs one benchmark: node scripts/bench.mjs NAME [options]. It is bundled into a temporary file; what it imports
// from src/ comes from dist/, so what is measured is what ships.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const [name, ...options] = process.argv.slice(2)
const entry = join(root, 'benchmarks', `${name}.ts`)
if (!name || !existsSync(entry)) {
  const names = readdirSync(join(root, 'benchmarks')).filter((file) => file.endsWith('.ts'))
  console.error(
    `node scripts/bench.mjs NAME [options], where NAME is one of ${names.map((file) => file.slice(0, -3)).join(', ')}`,
  )
  process.exit(2)
}
if (!existsSync(join(root, 'dist')))
  spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' })

const compiled = {
  name: 'src-to-dist',
  setup(bundler) {
    bundler.onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const target = relative(join(root, 'src'), resolve(resolveDir, path))
      if (target.startsWith('..')) return undefined
      return { path: pathToFileURL(join(root, 'dist', target)).href, external: true }
    })
  },
}

// Inside the repository, so that packages are found from there.
const folder = mkdtempSync(join(root, 'node_modules/.bench-'))
const file = join(folder, 'bench.mjs')
try {
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'error',
    plugins: [compiled],
    // Files beside the benchmark are found from where it is written, not from where it is bundled to.
    define: { 'import.meta.dirname': JSON.stringify(join(root, 'benchmarks')) },
  })
  const env = { UV_THREADPOOL_SIZE: '32', ...process.env }
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', file, ...options], {
    stdio: 'inherit',
    env,
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
