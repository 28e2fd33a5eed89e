import { mkdir, readdir, realpath, rm, stat } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { makeUsersFolder } from '../../../../base/private-files.js'
import { quoteText } from '../../../../sql/quote.js'
import { engineError } from '../../errors.js'
import { driverFailure } from '../statements/failure.js'
import { WAREHOUSE } from '../statements/names.js'

export type WarehouseFile = Readonly<{
  path: string
  memoryLimit?: string
  threads?: number
  tempFolder: string
}>

export type SharedInstance = Readonly<{ instance: DuckDBInstance; path: string; release: () => void }>

type Opened = { readonly instance: Promise<DuckDBInstance>; owners: number }

/**
 * Files this process has open. DuckDB accepts two instances on one file in one process and then silently loses
 * rows, so every opener of a file shares one instance.
 */
const opened = new Map<string, Opened>()

/** Files that other tools write with DuckDB 1.4 and later stay readable for them. */
const STORAGE_VERSION = 'v1.4.0'

export async function openShared(file: WarehouseFile): Promise<SharedInstance> {
  // The home is there; any other folder is the user's choice.
  await makeUsersFolder(dirname(resolve(file.path)))
  const path = await canonicalPath(file.path)
  const entry = opened.get(path) ?? { instance: openInstance(path, file), owners: 0 }
  opened.set(path, entry)
  entry.owners++
  const release = once(() => void leave(path, entry))
  try {
    return { instance: await entry.instance, path, release }
  } catch (error) {
    release()
    throw error
  }
}

async function leave(path: string, entry: Opened): Promise<void> {
  entry.owners--
  if (entry.owners > 0) return
  if (opened.get(path) === entry) opened.delete(path)
  const instance = await entry.instance.catch(() => null)
  instance?.closeSync()
}

function once(work: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    work()
  }
}

/** One name for one file, whatever links lead to it. */
async function canonicalPath(path: string): Promise<string> {
  const absolute = resolve(path)
  return realpath(absolute).catch(async () => join(await realpath(dirname(absolute)), basename(absolute)))
}

async function openInstance(path: string, file: WarehouseFile): Promise<DuckDBInstance> {
  await mkdir(file.tempFolder, { recursive: true })
  const instance = await DuckDBInstance.create(':memory:', instanceOptions(file))
  try {
    await attach(instance, path)
  } catch (error) {
    instance.closeSync()
    throw openFailure(path, error)
  }
  await removeOldSpill(file.tempFolder)
  return instance
}

/** Extensions are never fetched or loaded behind the author's back; without a network that would stall. */
export function instanceOptions(file: Omit<WarehouseFile, 'path'>): Record<string, string> {
  return {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: file.tempFolder,
    memory_limit: file.memoryLimit ?? `${halfOfMemoryMiB()}MiB`,
    ...(file.threads === undefined ? {} : { threads: String(file.threads) }),
  }
}

const MIB = 1024 * 1024

/** Half of what this process may use: of the container's limit where there is one. */
function halfOfMemoryMiB(): number {
  const limit = process.constrainedMemory()
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return Math.max(64, Math.floor(memory / 2 / MIB))
}

async function attach(instance: DuckDBInstance, path: string): Promise<void> {
  const connection = await instance.connect()
  const isNew = await stat(path).then(
    ({ size }) => size === 0,
    () => true,
  )
  try {
    await connection.run('set errors_as_json = true')
    const options = isNew ? ` (storage_version '${STORAGE_VERSION}')` : ''
    await connection.run(`attach ${quoteText(path)} as ${WAREHOUSE}${options}`)
  } finally {
    connection.closeSync()
  }
}

const LOCKED = /lock on file/i
const HOLDER = /held in (.*?) \(PID (\d+)\)/

function openFailure(path: string, error: unknown): Error {
  const { message } = driverFailure(error)
  const holder = HOLDER.exec(message)
  if (!LOCKED.test(message)) return engineError('ENGINE_CORRUPT', { path, detail: message }, { cause: error })
  const owner = holder ? `process ${holder[2]} (${basename(holder[1] ?? '')})` : 'another process'
  return engineError('ENGINE_BUSY', { path, owner }, { cause: error })
}

/** What a killed process spilled stays behind; whoever owns the warehouse owns these files. */
async function removeOldSpill(folder: string): Promise<void> {
  const names = await readdir(folder)
  const spilled = names.filter((name) => /^duckdb_temp_.*\.(tmp|block)$/.test(name))
  await Promise.all(spilled.map((name) => rm(join(folder, name), { force: true })))
}
