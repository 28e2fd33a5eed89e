import { readFile, realpath, writeFile } from 'node:fs/promises'
import { dirname, extname, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type {
  BuildFailure,
  Loader,
  Message,
  OnResolveArgs,
  OnResolveResult,
  Plugin,
  PluginBuild,
} from 'esbuild'

/** An author's mistake that shows before anything runs. `file` is relative to the project. */
export class BundleError extends Error {
  constructor(
    readonly detail: string,
    readonly file: string | null,
    readonly line: number | null,
    readonly hint: string | null = null,
  ) {
    super(detail)
  }
}

const IMPORT_META = {
  'import.meta.url': '__millraceUrl',
  'import.meta.dirname': '__millraceDirname',
  'import.meta.filename': '__millraceFilename',
}

// CommonJS files bundled into an ES module still call require; esbuild uses one that is in scope.
const REQUIRE = `import{createRequire as __millraceRequire}from'node:module';const require=__millraceRequire(import.meta.url);`

/**
 * Writes one module to `target`: the author's file and what it imports from the project, compiled. Packages stay
 * outside, named by the absolute path they have for the file that imports them, so `target` may lie anywhere.
 * @throws BundleError
 */
export async function bundleAsset(modulePath: string, projectRoot: string, target: string): Promise<void> {
  // Loaded late: the command line often needs no compiler at all.
  const { build } = await import('esbuild')
  try {
    const result = await build({
      entryPoints: [await realpath(modulePath)],
      outfile: target,
      absWorkingDir: await realpath(projectRoot),
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      sourcesContent: false,
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
      conditions: [],
      define: IMPORT_META,
      banner: { js: REQUIRE },
      plugins: [packagesOutside, importMeta],
    })
    await writeFile(target, result.outputFiles[0]?.contents ?? '')
  } catch (error) {
    throw isBuildFailure(error) ? bundleError(error.errors) : error
  }
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors)

function bundleError(errors: readonly Message[]): BundleError {
  const [first] = errors
  if (first === undefined) return new BundleError('it does not compile', null, null)
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return new BundleError(
    `${first.text}${more}`,
    first.location?.file.split(sep).join('/') ?? null,
    first.location?.line ?? null,
    missingPackage(first.text),
  )
}

function missingPackage(text: string): string | null {
  const name = /^Could not resolve "((?:@[^"/]+\/)?[^"./][^"/]*)/.exec(text)?.[1]
  return name === undefined ? null : `Install it in the project: npm install ${name}.`
}

const RESOLVED = Symbol('resolved by esbuild itself')

/** Bare names: a path alias of tsconfig.json is bundled, a package stays outside under its own absolute path. */
const packagesOutside: Plugin = {
  name: 'packages-outside',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, (args) => resolveBare(build, args))
    // For authors who import types from 'millrace' as if they were values, in projects where it is not installed.
    build.onLoad({ filter: /.*/, namespace: 'millrace' }, () => ({ contents: 'module.exports = {}' }))
  },
}

async function resolveBare(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | null> {
  if (args.pluginData === RESOLVED || args.kind === 'entry-point') return null
  if (args.path.startsWith('node:') || args.path.startsWith('data:'))
    return { path: args.path, external: true }
  const { path, external, errors } = await build.resolve(args.path, {
    kind: args.kind,
    importer: args.importer,
    resolveDir: args.resolveDir,
    pluginData: RESOLVED,
  })
  if (errors.length > 0)
    return args.path === 'millrace' ? { path: 'millrace', namespace: 'millrace' } : { errors }
  if (external) return { path, external: true }
  if (!path.includes(`${sep}node_modules${sep}`)) return { path }
  return { path: args.kind === 'require-call' ? path : pathToFileURL(path).href, external: true }
}

const LOADERS: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.cjs': 'js',
  '.jsx': 'jsx',
}

/**
 * Gives every file the `import.meta`, or as CommonJS the `__dirname`, it has where it stands. On its first line, so
 * that line numbers stay.
 */
const importMeta: Plugin = {
  name: 'import-meta',
  setup(build) {
    build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const isCommonJs = /\.c[jt]s$/.test(path)
      if (!isCommonJs && !text.includes('import.meta')) return null
      const values = [pathToFileURL(path).href, dirname(path), path].map((value) => JSON.stringify(value))
      const [url, folder, file] = values
      const header = isCommonJs
        ? `const __dirname=${folder},__filename=${file};`
        : `const __millraceUrl=${url},__millraceDirname=${folder},__millraceFilename=${file};`
      return {
        contents: text.startsWith('#!') ? text : header + text,
        loader: LOADERS[extname(path)] ?? 'ts',
        resolveDir: dirname(path),
      }
    })
  },
}
