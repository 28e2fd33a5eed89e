import { DuckDBInstance } from '@duckdb/node-api'
import type { Binder } from '../../../sql/bind.js'
import type { SqlParser } from '../../../sql/parse.js'
import { createBinder } from './query/bind.js'
import { createParser } from './query/parse.js'

export type Scratch = Readonly<{ parse: SqlParser; bind: Binder; close: () => void }>

/** Parses and binds on an instance in memory, so that a project can be loaded while another process owns the warehouse. */
export async function createScratch(timezone = 'UTC'): Promise<Scratch> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  return {
    parse: createParser(connection),
    bind: createBinder(instance, timezone),
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}
