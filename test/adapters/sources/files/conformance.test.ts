import { openFilesSource } from '../../../../src/adapters/sources/files/source.js'
import type { Asset } from '../../../../src/domain/asset.js'
import { sourceConformance } from '../../../conformance/source.js'
import { sourceAsset } from '../postgres/support.js'
import { IncomingFolder } from './folder.js'

sourceConformance('files', async () => {
  const incoming = new IncomingFolder()
  const connection = { kind: 'files', name: 'drop', path: incoming.path } as const
  const asset = (path: string): Asset => ({
    ...sourceAsset({ table: '' }),
    body: { kind: 'source', source: { kind: 'files', connection: 'drop', path, format: 'csv', options: {} } },
  })
  let files = 0
  let column = 'v'
  const write = (lines: readonly string[]) =>
    incoming.write({ [`${++files}.csv`]: [`id,${column}`, ...lines, ''].join('\n') })
  return {
    open: () => openFilesSource(asset('*.csv'), connection),
    openMissing: () => openFilesSource(asset('nowhere.csv'), connection),
    add: (rows) => write(rows.map(({ id, v }) => `${id},${v ?? ''}`)),
    async changeSchema() {
      column = 'w'
      await write(['9,nine'])
    },
    close: () => Promise.resolve(incoming.close()),
  }
})
