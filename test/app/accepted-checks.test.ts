import { expect, it } from 'vitest'
import { acceptedChecks } from '../../src/app/accepted-checks.js'
import { load } from '../project/fixture.js'

const header = `/* @asset
checks:
  - unique: [site, hour]
  - not_null: { column: site }
  - row_count: { name: enough rows, min: 1 }
*/
select 1 as site, 2 as hour
`

async function accepted(...texts: string[]): Promise<string[]> {
  const { project } = await load({
    'assets/marts/a.sql': header,
    'assets/marts/b.sql': '/* @asset\nchecks: [row_count: { name: other, min: 1 }]\n*/\nselect 1 as x',
  })
  return [...acceptedChecks(texts, project!, ['marts.a'])]
}

it('reads names with commas and blanks in them, alone or in a list', async () => {
  expect(await accepted('unique:site,hour')).toEqual(['unique:site,hour'])
  expect(await accepted('not_null, unique:site,hour enough rows,row_count')).toEqual([
    ...['not_null', 'unique:site,hour', 'enough rows', 'row_count'],
  ])
  expect(await accepted('not_null:site', 'unique')).toEqual(['not_null:site', 'unique'])
  expect(await accepted(' ')).toEqual([])
})

it('refuses a name that no check of this run has, with the nearest', async () => {
  await expect(accepted('not_nul:site')).rejects.toMatchObject({
    code: 'ACCEPT_UNKNOWN',
    message: '--accept not_nul:site is no check of what this run builds.',
    hint: 'Did you mean not_null:site?',
  })
})
