// Serves the built console with a made-up project, to work on the console without a project:
//   node console/dev/serve.mjs [--port 4400] [--assets 1000] [--mood troubled|good|empty|broken] [--pace 1]
// Prints the address with its token. Nothing of this is part of the package.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(here, '../../dist/', 'fixture-'))
const outfile = join(folder, 'server.mjs')
await build({
  entryPoints: [join(here, 'server.ts')],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  logLevel: 'warning',
})
const { start } = await import(pathToFileURL(outfile))
rmSync(folder, { recursive: true })

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : process.argv[at + 1]
}
const { url } = await start({
  folder: join(here, '../../dist/console'),
  port: Number(option('port', '4400')),
  assets: Number(option('assets', '14')),
  mood: option('mood', 'troubled'),
  pace: Number(option('pace', '1')),
})
console.log(url)
