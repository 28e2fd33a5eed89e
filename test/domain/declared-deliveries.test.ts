import { expect, test } from 'vitest'
import type { Asset } from '../../src/domain/asset.js'
import { declaredDeliveries } from '../../src/domain/declared-deliveries.js'
import { delivery } from '../conformance/store.js'

test('a delivery that left its header, or whose asset is gone, owes nothing any more', () => {
  const asset = {
    name: 'marts.a',
    deliver: [{ kind: 'postgres', connection: 'app', table: 'public.a', adopt: false }],
  } as unknown as Asset // The rest of an asset does not matter here.
  const kept = delivery('marts.a>app:public.a')
  const records = [kept, delivery('marts.a>app:public.old'), delivery('marts.gone>app:public.a')]
  expect(declaredDeliveries({ assets: [asset] }, records)).toEqual([kept])
})
