import { relative, sep } from 'node:path'
import type { BuildResult, Message } from 'esbuild'
import { digest } from '../../base/digest.js'
import type { Report } from '../diagnostics/report.js'
import type { AssetFile } from '../files/asset-files.js'
import { startOf } from '../files/asset-files.js'
import { codeDiagnostic } from './code-diagnostics.js'

/**
 * A digest for each TypeScript asset, over its code and the project's files it imports; comments, types and
 * formatting left out. Nothing is run. Packages count by their name only: their versions are the lock file's. The
 * project's tsconfig.json counts as it does when the code runs: by its path aliases, and by how it reads a class.
 */
export async function codeDigests(
  root: string,
  files: readonly AssetFile[],
  report: Report,
): Promise<ReadonlyMap<string, string>> {
  if (files.length === 0) return new Map()
  const { build } = await import('esbuild')
  const result = await build({
    entryPoints: files.map((file) => file.path),
    absWorkingDir: root,
    outdir: root,
    outbase: root,
    bundle: true,
    packages: 'external',
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    charset: 'utf8',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'silent',
  }).catch((failure: Partial<BuildResult>) => {
    for (const error of failure.errors ?? []) reportError(error, files, report)
    if (!failure.errors) throw failure
    return null
  })
  return result ? digestsOf(root, files, result, report) : new Map()
}

function digestsOf(
  root: string,
  files: readonly AssetFile[],
  { outputFiles = [], metafile }: BuildResult,
  report: Report,
): Map<string, string> {
  const byEntry = new Map(
    Object.entries(metafile?.outputs ?? {}).map(([path, output]) => [output.entryPoint, { path, output }]),
  )
  const texts = new Map(outputFiles.map((file) => [projectPath(root, file.path), file.text]))
  const digests = new Map<string, string>()
  for (const { source, name } of files) {
    const entry = byEntry.get(source.file)
    if (!entry) continue
    if (!entry.output.exports.includes('default'))
      report(codeDiagnostic('CODE_NO_DEFAULT_EXPORT', undefined, startOf(source.file)))
    digests.set(name, digest(texts.get(entry.path) ?? ''))
  }
  return digests
}

const projectPath = (root: string, path: string): string => relative(root, path).split(sep).join('/')

function reportError({ text, location }: Message, files: readonly AssetFile[], report: Report): void {
  const at = location
    ? { file: location.file, line: location.line, column: location.column + 1 }
    : startOf(files[0]?.source.file ?? 'assets')
  const missing = /^Could not resolve "([^"]*)"/.exec(text)?.[1]
  report(
    missing === undefined
      ? codeDiagnostic('CODE_SYNTAX', { detail: text }, at)
      : codeDiagnostic('CODE_IMPORT_MISSING', { path: missing }, at),
  )
}
