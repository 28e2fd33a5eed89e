import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { examineHome } from '../../../src/app/home/examine-home.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "millrace home's-"))
  chmodSync(root, 0o755)
  mkdirSync(join(root, '.millrace'))
  for (const file of ['token', 'warehouse.duckdb', 'mine.txt']) make(join('.millrace', file), 0o644)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function make(file: string, mode: number): void {
  writeFileSync(join(root, file), '')
  chmodSync(join(root, file), mode)
}

const examine = (homeMode: number, warehouse = '.millrace/warehouse.duckdb') => {
  chmodSync(join(root, '.millrace'), homeMode)
  return examineHome({
    home: join(root, '.millrace'),
    warehouse: { kind: 'duckdb', path: join(root, warehouse) },
  })
}

test('a closed home is well, whatever the modes in it', async () => {
  expect(await examine(0o700)).toMatchObject({ status: 'ok', hint: '' })
})

test('a home that others read is told with the command that closes it', async () => {
  const { status, detail, hint } = await examine(0o755)
  expect(status).toBe('warning')
  expect(detail).toContain(join(root, '.millrace/token'))
  expect(detail).not.toContain('mine.txt')
  expect(hint).toContain(`chmod go-rw '${join(root, '.millrace').replace("'", "'\\''")}' '`)
})

test('a home that others walk through is told if they can read a file in it by its name', async () => {
  const { status, detail } = await examine(0o711)
  expect(status).toBe('warning')
  expect(detail).toMatch(/token, .*warehouse\.duckdb$/)
})

test('a home below a folder that others cannot enter is well', async () => {
  chmodSync(root, 0o700)
  expect(await examine(0o755)).toMatchObject({ status: 'ok' })
})

test('a warehouse outside the home keeps the mode it has, and is told if others read it', async () => {
  make('rows.duckdb', 0o644)
  expect(await examine(0o700, 'rows.duckdb')).toMatchObject({
    status: 'warning',
    detail: `other accounts can read or change ${join(root, 'rows.duckdb')}`,
  })
  make('rows.duckdb', 0o600)
  expect(await examine(0o700, 'rows.duckdb')).toMatchObject({ status: 'ok' })
})
