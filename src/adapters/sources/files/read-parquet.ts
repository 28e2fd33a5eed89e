import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import { type FileMetaData, parquetMetadataAsync, parquetSchema, type SchemaTree } from 'hyparquet'
import { sourceError } from '../errors.js'
import { isLossyCast } from '../lossy-cast.js'
import { columnKey } from './expected-columns.js'
import {
  type FileToLoad,
  leftNote,
  type ReadColumn,
  type ReadContext,
  type Reading,
  scanAll,
} from './file-reading.js'
import { refuseReserved } from './merge-columns.js'
import { parquetType } from './parquet-type.js'

type ScannedParquet = Readonly<{ file: FileToLoad; columns: readonly ReadColumn[]; rows: number }>

const MAGIC = 'PAR1'

/** Parquet says its own types, so files must agree on them; only the footers are read here. */
export async function readParquet(files: readonly FileToLoad[], context: ReadContext): Promise<Reading> {
  const unionByName = unionOption(context)
  const { scanned, left } = await scanAll(files, scanFile)
  const shape = mergeShapes(scanned, context, unionByName)
  return {
    columns: castColumns(shape, context),
    shape,
    paths: scanned.map(({ file, rows }) => ({ file: file.file, path: file.path, rows })),
    unfinished: [],
    left,
    options: scanned.length > 1 ? { union_by_name: true } : {},
    notes: left.map(leftNote),
  }
}

function unionOption({ asset, options }: ReadContext): boolean {
  for (const [option, value] of Object.entries(options))
    if (option !== 'union_by_name' || typeof value !== 'boolean')
      throw sourceError('SOURCE_OPTION_WRONG', {
        asset,
        option: `${option}: ${JSON.stringify(value)}`,
        detail: 'which Parquet files do not take',
        known: ['union_by_name'],
      })
  return options.union_by_name === true
}

/** Null: still being written. */
async function scanFile(file: FileToLoad): Promise<ScannedParquet | null> {
  const handle = await open(file.path, 'r')
  try {
    const { size } = await handle.stat()
    if (!(await hasMagic(handle, 0))) throw new Error('it is no Parquet file: it does not begin with PAR1')
    if (size < 12 || !(await hasMagic(handle, size - MAGIC.length))) {
      if (file.isYoung) return null
      throw new Error('it has no Parquet footer; it is cut off')
    }
    const metadata = await readFooter(handle, size)
    return { file, columns: columnsOf(metadata), rows: Number(metadata.num_rows) }
  } finally {
    await handle.close()
  }
}

/** A file that has not so many bytes yet may still get them. */
async function hasMagic(handle: FileHandle, position: number): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, position)
  return MAGIC.startsWith(buffer.toString('latin1', 0, bytesRead))
}

async function readFooter(handle: FileHandle, size: number): Promise<FileMetaData> {
  const slice = (start: number, end?: number) => bytesOf(handle, start, end ?? size)
  try {
    return await parquetMetadataAsync({ byteLength: size, slice })
  } catch (cause) {
    throw new Error('its Parquet footer makes no sense; it is damaged', { cause })
  }
}

async function bytesOf(handle: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new ArrayBuffer(end - start)
  await handle.read(new Uint8Array(bytes), 0, end - start, start)
  return bytes
}

const columnsOf = (metadata: FileMetaData): ReadColumn[] =>
  parquetSchema(metadata).children.map((child: SchemaTree) => ({
    name: child.element.name,
    type: parquetType(child),
  }))

function mergeShapes(
  files: readonly ScannedParquet[],
  { asset, releasedShape }: ReadContext,
  unionByName: boolean,
): ReadColumn[] {
  const shape = new Map(releasedShape.map((column) => [columnKey(column.name), column]))
  const isFirst = shape.size === 0
  for (const [index, { file, columns }] of files.entries()) {
    refuseReserved(
      file.file,
      columns.map(({ name }) => name),
    )
    const names = new Set(columns.map(({ name }) => columnKey(name)))
    const changed = (detail: string) =>
      sourceError(isFirst ? 'SOURCE_FILES_DIFFER' : 'SOURCE_SCHEMA_CHANGED', {
        asset,
        detail: `${file.file} ${detail}`,
      })
    for (const column of columns) {
      const known = shape.get(columnKey(column.name))
      if (known && known.type !== column.type)
        throw changed(`has ${column.name} as ${column.type}, which was ${known.type} before`)
      if (known) continue
      if (!isFirst || (index > 0 && !unionByName))
        throw changed(`has column ${column.name} more than the files before it`)
      shape.set(columnKey(column.name), column)
    }
    const missing = [...shape].filter(([key]) => !names.has(key)).map(([, { name }]) => name)
    if (missing.length > 0 && !(isFirst && unionByName)) throw changed(`lacks ${missing.join(', ')}`)
  }
  return [...shape.values()]
}

/**
 * Columns for the engine to cast to. Null where nothing is to be cast, so that types that have no spelling here
 * stay as the file has them.
 */
function castColumns(
  shape: readonly ReadColumn[],
  { asset, expected, declaredNames }: ReadContext,
): ReadColumn[] | null {
  for (const name of declaredNames)
    if (shape.length > 0 && !shape.some((column) => columnKey(column.name) === columnKey(name)))
      throw sourceError('SOURCE_COLUMN_MISSING', { table: 'the Parquet file', column: name, nearest: null })
  for (const { name, type } of shape) {
    const settled = expected.get(columnKey(name))
    if (settled?.origin !== 'declared' || !isLossyCast(type, settled.type)) continue
    const detail = `${name} is ${type} in the files, which ${settled.type} in columns: would round or cut`
    throw sourceError('SOURCE_SCHEMA_CHANGED', { asset, detail })
  }
  const isCast = shape.some(({ name }) => expected.get(columnKey(name))?.origin === 'declared')
  if (!isCast) return null
  const columns = shape.map((column) => {
    const settled = expected.get(columnKey(column.name))
    return settled?.origin === 'declared' ? { name: column.name, type: settled.type } : column
  })
  return columns.every(({ type }) => !type.startsWith('?')) ? columns : null
}
