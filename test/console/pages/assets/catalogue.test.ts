import { describe, expect, it } from 'vitest'
import {
  catalogueLines,
  choicesOf,
  filterAssets,
  folderOf,
  nameInFolder,
} from '../../../../console/src/pages/assets/catalogue.js'
import { summaryOf } from '../../asset-summaries.js'

const ASSETS = [
  summaryOf('staging.readings', { description: 'Every reading', tags: ['hourly'], health: 'held' }),
  summaryOf('marts.traffic', { description: 'Door counts', owner: 'hardware', tags: ['app', 'hourly'] }),
  summaryOf('raw.readings', { kind: 'source', description: 'As the device sent it' }),
  summaryOf('marts.status', { health: 'late' }),
]
const names = (filter: Parameters<typeof filterAssets>[1], found: readonly string[] = []) =>
  filterAssets(ASSETS, filter, new Set(found)).map(({ asset }) => asset)

describe('the catalogue', () => {
  it('finds by name, description, owner and tag, whatever the case', () => {
    expect(names({ text: 'READINGS' })).toEqual(['staging.readings', 'raw.readings'])
    expect(names({ text: 'door' })).toEqual(['marts.traffic'])
    expect(names({ text: 'hardware' })).toEqual(['marts.traffic'])
    expect(names({ text: 'hourly' })).toEqual(['staging.readings', 'marts.traffic'])
  })

  it('wants every word, in any order and place', () => {
    expect(names({ text: 'reading hourly' })).toEqual(['staging.readings'])
    expect(names({ text: 'reading nowhere' })).toEqual([])
  })

  it('adds what the server found by a column, within the other filters', () => {
    expect(names({ text: 'visits' }, ['marts.traffic'])).toEqual(['marts.traffic'])
    expect(names({ text: 'visits', health: 'held' }, ['marts.traffic'])).toEqual([])
  })

  it('filters by health, owner, tag, kind and folder together', () => {
    expect(names({ health: 'held' })).toEqual(['staging.readings'])
    expect(names({ tag: 'hourly', owner: 'hardware' })).toEqual(['marts.traffic'])
    expect(names({ kind: 'source' })).toEqual(['raw.readings'])
    expect(names({ folder: 'marts' })).toEqual(['marts.traffic', 'marts.status'])
    expect(names({})).toHaveLength(4)
  })

  it('puts each folder’s head above its assets and counts those in trouble', () => {
    expect(
      catalogueLines(ASSETS).map((line) =>
        line.kind === 'folder' ? `${line.folder}: ${line.troubled} of ${line.total}` : line.asset.asset,
      ),
    ).toEqual([
      'marts: 1 of 2',
      'marts.status',
      'marts.traffic',
      'raw: 0 of 1',
      'raw.readings',
      'staging: 1 of 1',
      'staging.readings',
    ])
  })

  it('offers only choices that leave something, the worst health first', () => {
    const choices = choicesOf(ASSETS)
    expect(choices.health.map(({ value }) => value)).toEqual(['held', 'late', 'fresh'])
    expect(choices.tag).toEqual([
      { value: 'app', count: 1 },
      { value: 'hourly', count: 2 },
    ])
  })

  it('takes what is before the last dot for the folder', () => {
    expect(folderOf('a.b.c')).toBe('a.b')
    expect(folderOf('alone')).toBe('')
    expect(nameInFolder('a.b.c')).toBe('c')
  })
})
