import { join } from 'node:path'
import { openDuckDb } from '../../../../src/adapters/engines/duckdb/open-duckdb.js'
import { silentLog } from '../../../../src/base/log.js'
import { engineConformance } from '../../../conformance/engine.js'

engineConformance('duckdb', (folder) =>
  openDuckDb({
    path: join(folder, 'warehouse.duckdb'),
    memoryLimit: '1GB',
    tempFolder: join(folder, 'tmp'),
    timezone: 'UTC',
    log: silentLog,
  }),
)
