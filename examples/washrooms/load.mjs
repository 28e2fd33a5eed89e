// The example's TypeScript runs from its sources: bundled into one file by esbuild, then imported.
import { createHash } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * Imports a TypeScript module of the example: `load('fleet/index.ts')`.
 * @param {string} entry path below examples/washrooms
 */
export async function load(entry) {
  const bundle = await build({
    entryPoints: [`${here}${entry}`],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'silent',
  })
  const code = bundle.outputFiles[0].contents
  const name = `${entry.replaceAll(/\W/g, '-')}-${createHash('sha256').update(code).digest('hex').slice(0, 12)}.mjs`
  // Below the example, so that its packages are found; renamed into place, so that two starts don't meet.
  const folder = `${here}data/compiled`
  await mkdir(folder, { recursive: true })
  const unfinished = `${folder}/${name}.${process.pid}`
  await writeFile(unfinished, code)
  await rename(unfinished, `${folder}/${name}`)
  return import(pathToFileURL(`${folder}/${name}`).href)
}
