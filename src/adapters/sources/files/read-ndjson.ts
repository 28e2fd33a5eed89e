import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Json } from '../../../base/json.js'
import { sourceError } from '../errors.js'
import { type ByteForm, utf8Bytes } from './byte-stream.js'
import { columnKey } from './expected-columns.js'
import {
  type FileToLoad,
  leftNote,
  type ReadColumn,
  type ReadContext,
  type Reading,
  scanAll,
} from './file-reading.js'
import { type JsonClass, widenJson } from './json-class.js'
import { jsonLines } from './json-lines.js'
import { refuseReserved } from './merge-columns.js'
import { copyPath } from './read-csv.js'
import { type ScannedNdjson, scanNdjson } from './scan-ndjson.js'
import { demotion } from './scan-notes.js'
import { typeOfClass } from './value-class.js'

/** Objects, one a line. A key that an object lacks is NULL; a key that no released column has is a changed schema. */
export async function readNdjson(files: readonly FileToLoad[], context: ReadContext): Promise<Reading> {
  const [option] = Object.keys(context.options)
  if (option !== undefined)
    throw sourceError('SOURCE_OPTION_WRONG', {
      asset: context.asset,
      option,
      detail: 'which is no option of NDJSON files',
      known: ['none'],
    })
  const { scanned, left } = await scanAll(files, (file) => scanNdjson(file, context))
  const full = scanned.filter(({ rows }) => rows > 0)
  const columns = full.length > 0 ? mergeKeys(full, context) : []
  const paths: { file: string; path: string; rows: number }[] = []
  for (const one of full)
    paths.push({ file: one.file.file, path: await plainPath(one, context), rows: one.rows })
  return {
    columns,
    shape: columns,
    paths,
    unfinished: scanned.filter(({ openLine }) => openLine !== null).map(({ file }) => file.file),
    options: { auto_detect: false, ...objectSize(full) },
    left,
    notes: [...left.map(leftNote), ...scanned.flatMap(notesOf)],
  }
}

const DEFAULT_OBJECT_BYTES = 16 << 20

function objectSize(files: readonly ScannedNdjson[]): Record<string, Json> {
  const longest = Math.max(0, ...files.map(({ longestLine }) => longestLine))
  return longest > DEFAULT_OBJECT_BYTES / 2 ? { maximum_object_size: longest * 2 } : {}
}

const notesOf = ({ file, rows, openLine, columns }: ScannedNdjson): string[] => [
  ...(rows === 0 && openLine === null ? [`${file.file} is empty.`] : []),
  ...(openLine !== null
    ? [
        `${file.file}: line ${openLine} is not whole yet and is left for the next run, ${rows} rows are loaded.`,
      ]
    : []),
  ...[...columns.values()].flatMap(({ name, demoted, valueClass }) =>
    demoted && valueClass === 'text'
      ? [`${demotion(file.file, name, demoted)} To refuse such rows, declare the column's type.`]
      : [],
  ),
]

function mergeKeys(files: readonly ScannedNdjson[], context: ReadContext): ReadColumn[] {
  const { expected, releasedNames, declaredNames, asset } = context
  const found = new Map<string, { name: string; valueClass: JsonClass }>()
  for (const name of [...releasedNames, ...declaredNames])
    if (!found.has(columnKey(name))) found.set(columnKey(name), { name, valueClass: 'none' })
  for (const { file, columns } of files) {
    refuseReserved(
      file.file,
      [...columns.values()].map(({ name }) => name),
    )
    const added = [...columns].filter(([key]) => !found.has(key)).map(([, { name }]) => name)
    if (releasedNames.length > 0 && added.length > 0)
      throw sourceError('SOURCE_SCHEMA_CHANGED', {
        asset,
        detail: `${file.file} has ${added.length === 1 ? 'the key' : 'the keys'} ${added.join(', ')} that no file had before`,
      })
    for (const [key, { name, valueClass }] of columns) {
      const before = found.get(key)
      if (before && before.valueClass !== 'none' && before.name !== name)
        throw sourceError('SOURCE_FILE_UNREADABLE', {
          file: file.file,
          detail: `its key ${name} is ${before.name} in other files; they differ in letter case only`,
        })
      found.set(key, { name, valueClass: widenJson(before?.valueClass ?? 'none', valueClass) })
    }
  }
  return [...found].map(([key, { name, valueClass }]) => ({
    name,
    type: expected.get(key)?.type ?? (valueClass === 'json' ? 'JSON' : typeOfClass(valueClass)),
  }))
}

/** The engine's reader knows neither byte order marks nor UTF-16, and would stop at a line that is not whole. */
async function plainPath(one: ScannedNdjson, { folder }: ReadContext): Promise<string> {
  const { form, openLine, file } = one
  const isPlain = form.encoding === 'utf-8' && form.bomBytes === 0 && form.compression !== 'zstd'
  if (isPlain && openLine === null && hasExpectedName(file.path, form)) return file.path
  const target = copyPath(folder, file.file, '.ndjson')
  await pipeline(Readable.from(wholeLines(one)), createWriteStream(target))
  return target
}

/** The engine tells packed files by their names. */
const hasExpectedName = (path: string, { compression }: ByteForm): boolean =>
  (compression === 'gzip') === /\.gz$/i.test(path)

async function* wholeLines({ file, form, openLine }: ScannedNdjson): AsyncGenerator<string> {
  for await (const { text, line } of jsonLines(utf8Bytes(file.path, form)))
    if (line !== openLine) yield `${text}\n`
}
