import { isUtf8 } from 'node:buffer'
import { type Dirent, readFileSync, type Stats, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { messageOf } from '../../base/errors.js'
import type { Location } from '../../domain/diagnostic.js'
import type { Report } from '../diagnostics/report.js'
import { fileDiagnostic, type UnreadableReason } from './diagnostics.js'
import { isReservedSchema, NAME } from './names.js'
import { locate, type SourceText, sourceText } from './source-text.js'

export type AssetFile = Readonly<{
  /** As the path says, even where the path is not allowed: other files may refer to it. */
  name: string
  kind: 'sql' | 'typescript' | 'source'
  /** Absolute. */
  path: string
  source: SourceText
}>

const KINDS: Readonly<Record<string, AssetFile['kind']>> = {
  '.sql': 'sql',
  '.ts': 'typescript',
  '.yaml': 'source',
  '.yml': 'source',
}
const UNSUPPORTED: Readonly<Record<string, string>> = { '.py': 'Python', '.ipynb': 'Notebook' }
/** Code that looks like an asset and is none. Data files beside tests are nobody's mistake. */
const NEAR_MISSES = new Set(['.js', '.mjs', '.cjs', '.jsx', '.tsx', '.mts', '.cts', '.r'])
const NOT_ASSETS = /\.d\.ts$|\.test\.[a-z]+$/i

export const startOf = (file: string): Location => ({ file, line: 1, column: 1 })

/** Every asset below `assets/`, read whole. What is no asset is passed over; what is wrong is reported. */
export async function readAssetFiles(root: string, report: Report): Promise<AssetFile[]> {
  const paths = await assetPaths(root, report)
  const files = paths.map((file) => readAssetFile(root, file, report))
  const found = files.filter((file) => file !== null)
  if (paths.length === 0) report(fileDiagnostic('ASSETS_MISSING', undefined, startOf('millrace.yaml')))
  reportNames(found, report)
  return found
}

/** Relative to the project, forward slashes, sorted; hidden and `_` files and folders left out. */
async function assetPaths(root: string, report: Report): Promise<string[]> {
  const entries = await readdir(join(root, 'assets'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  )
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({ entry, file: pathOf(root, entry) }))
    .filter(({ file }) => !file.split('/').some((part) => /^[._]/.test(part)) && !NOT_ASSETS.test(file))
    .filter(({ entry, file }) => entry.isFile() || isText(root, file, report))
    .map(({ file }) => file)
    .sort()
}

const pathOf = (root: string, entry: Dirent): string =>
  join(entry.parentPath, entry.name)
    .slice(root.length + 1)
    .split(sep)
    .join('/')

/** A link may lead to a file. What else stands there is told: a pipe would be waited for, a linked folder missed. */
function isText(root: string, file: string, report: Report): boolean {
  const found = statOf(join(root, file))
  if (found instanceof Error)
    report(fileDiagnostic('FILE_UNREADABLE', { reason: reasonOf(found) }, startOf(file)))
  else if (found.isDirectory()) report(fileDiagnostic('FOLDER_LINKED', undefined, startOf(file)))
  else if (!found.isFile()) report(fileDiagnostic('FILE_UNREADABLE', { reason: 'special' }, startOf(file)))
  return !(found instanceof Error) && found.isFile()
}

function statOf(path: string): Stats | Error {
  try {
    return statSync(path)
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error))
  }
}

function reasonOf(error: unknown): UnreadableReason {
  switch (error instanceof Error && 'code' in error && error.code) {
    case 'EACCES':
    case 'EPERM':
      return 'rights'
    case 'ENOENT':
      return 'missing'
    case 'ELOOP':
      return 'loop'
    default:
      return 'special'
  }
}

function readAssetFile(root: string, file: string, report: Report): AssetFile | null {
  const extension = (/\.[^./]+$/.exec(file)?.[0] ?? '').toLowerCase()
  const kind = KINDS[extension]
  if (kind === undefined) {
    const what = UNSUPPORTED[extension]
    if (what !== undefined) report(fileDiagnostic('ASSET_UNSUPPORTED', { what }, startOf(file)))
    else if (NEAR_MISSES.has(extension))
      report(fileDiagnostic('ASSET_FILE_TYPE', { extension }, startOf(file)))
    return null
  }
  const source = readSource(root, file, report)
  const name = file.slice('assets/'.length, -extension.length).replaceAll('/', '.')
  return source && { name, kind, path: join(root, file), source }
}

/**
 * A text file of the project; null: it is no text, and was reported. Read at once: a thousand small files take
 * less time so, and do not queue behind the queries that fill the thread pool.
 */
export function readSource(root: string, file: string, report: Report): SourceText | null {
  try {
    return decode(file, readFileSync(join(root, file)), report)
  } catch (error) {
    report(fileDiagnostic('FILE_UNREADABLE', { reason: reasonOf(error) }, startOf(file)))
    return null
  }
}

function decode(file: string, bytes: Buffer, report: Report): SourceText | null {
  if (!isUtf8(bytes)) {
    const lossy = sourceText(file, bytes.toString())
    report(fileDiagnostic('FILE_NOT_UTF8', undefined, locate(lossy, lossy.text.indexOf('\ufffd'))))
    return null
  }
  const text = bytes.toString()
  if (text.startsWith('\ufeff')) report(fileDiagnostic('FILE_BYTE_ORDER_MARK', undefined, startOf(file)))
  const source = sourceText(file, text.replace(/^\ufeff/, ''))
  if (source.text.includes('\0')) {
    report(fileDiagnostic('FILE_NUL', undefined, locate(source, source.text.indexOf('\0'))))
    return null
  }
  if (source.text.trim() !== '') return source
  report(fileDiagnostic('FILE_EMPTY', { example: beginningOf(file) }, startOf(file)))
  return null
}

function beginningOf(file: string): string {
  if (file === 'millrace.yaml') return 'name: washrooms'
  return /\.ya?ml$/i.test(file)
    ? 'source: { from: app, table: hardware.readings }'
    : '/* @asset description: what a row is */'
}

function reportNames(files: readonly AssetFile[], report: Report): void {
  const byName = new Map<string, AssetFile>()
  for (const file of files) {
    const same = byName.get(file.name.toLowerCase())
    const at = startOf(file.source.file)
    if (same?.name === file.name)
      report(fileDiagnostic('ASSET_TWICE', { asset: file.name, other: same.source.file }, at))
    else if (same) report(fileDiagnostic('ASSET_CASE', { name: file.name, other: same.source.file }, at))
    else {
      byName.set(file.name.toLowerCase(), file)
      reportName(file, at, report)
    }
  }
}

function reportName({ source }: AssetFile, at: Location, report: Report): void {
  const parts = source.file
    .slice('assets/'.length)
    .replace(/\.[^./]+$/, '')
    .split('/')
  const [schema = '', table = ''] = parts
  if (parts.length === 1) report(fileDiagnostic('ASSET_NO_SCHEMA', { file: source.file }, at))
  else if (parts.length > 2) report(fileDiagnostic('ASSET_TOO_DEEP', { file: source.file }, at))
  else if (isReservedSchema(schema)) report(fileDiagnostic('ASSET_SCHEMA_RESERVED', { schema }, at))
  else if (!NAME.test(schema)) report(fileDiagnostic('ASSET_NAME', { name: schema, part: 'schema' }, at))
  else if (!NAME.test(table)) report(fileDiagnostic('ASSET_NAME', { name: table, part: 'table' }, at))
}
