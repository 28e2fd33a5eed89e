import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { openParquetSink } from '../../../../src/adapters/sinks/parquet/sink.js'
import { silentLog } from '../../../../src/base/log.js'
import { type SinkWorld, sinkConformance } from '../../../conformance/sink.js'

async function openFolderWorld(): Promise<SinkWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-parquet-'))
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  return {
    open: (owner) =>
      openParquetSink({ kind: 'files', name: 'lake', path: folder }, { ...owner, log: silentLog }),
    target: (name) => `insights/${name}.parquet`,
    rows: async (target) => {
      const reader = await connection.runAndReadAll(`from '${join(folder, target)}' order by 1`)
      return reader.getRowObjectsJS()
    },
    remove: (target) => rm(join(folder, target)),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

sinkConformance('Parquet files', openFolderWorld, {
  skip: { 'writes exactly the changes, by key': 'a file is replaced whole' },
})
