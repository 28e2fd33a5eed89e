import { expect, test } from 'vitest'
import { parseTableName } from '../../src/sql/table-name.js'

test.each([
  ['shop.orders', ['shop', 'orders']],
  ['Shop.Orders', ['shop', 'orders']],
  ['orders', [undefined, 'orders']],
  ['select', [undefined, 'select']],
  ['"Shop"."Order"', ['Shop', 'Order']],
  ['shop."a.b"', ['shop', 'a.b']],
  ['shop."say ""hi"""', ['shop', 'say "hi"']],
  ['Bäder.Größe', ['bäder', 'größe']],
])('%s is read as Postgres reads it', (text, [schema, table]) => {
  const name = parseTableName(text)
  expect([name?.schema?.folded, name?.table.folded]).toEqual([schema, table])
})

test('a name without quotes is kept as it is written too', () => {
  expect(parseTableName('Shop.Order')).toEqual({
    schema: { written: 'Shop', folded: 'shop' },
    table: { written: 'Order', folded: 'order' },
  })
})

test.each(['', 'a.b.c', 'a.', '.a', '"a', '""', 'a b', 'a;drop', '1a', '"a"b'])('%j is no table', (text) => {
  expect(parseTableName(text)).toBeNull()
})
