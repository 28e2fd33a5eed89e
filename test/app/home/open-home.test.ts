import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { isRoot } from '../../../src/adapters/state/embedded/account.js'
import { openHome } from '../../../src/app/home/open-home.js'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function newPlace() {
  const root = mkdtempSync(join(tmpdir(), 'millrace-home-'))
  roots.push(root)
  const home = join(root, '.millrace')
  return { home, warehouse: { kind: 'duckdb', path: join(home, 'warehouse.duckdb') } as const }
}

/** As an earlier Millrace, or a copy, leaves it. */
function openToAll(home: string, files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(home, file)), { recursive: true })
    writeFileSync(join(home, file), '')
    chmodSync(join(home, file), 0o644)
    chmodSync(dirname(join(home, file)), 0o755)
  }
}

const modeOf = (...path: string[]): string => (statSync(join(...path)).mode & 0o777).toString(8)
/** Root’s server runs as another account, which has to walk through. */
const CLOSED = isRoot() ? '711' : '700'

test('a home is made closed', () => {
  const place = newPlace()
  openHome(place)
  expect(modeOf(place.home)).toBe(CLOSED)
})

test('a home that was open to all is closed, with all that Millrace made in it and nothing else', () => {
  const place = newPlace()
  const own = ['warehouse.duckdb', 'warehouse.duckdb.wal', 'millrace.log', 'millrace.log.1', 'server.json']
  openToAll(place.home, [...own, 'logs/run-1.ndjson', 'tmp/x', 'reports/x', 'postgres/x', 'mine.txt'])
  chmodSync(join(place.home, 'postgres'), 0o755)
  openHome(place)
  expect(modeOf(place.home)).toBe(CLOSED)
  for (const file of own) expect([file, modeOf(place.home, file)]).toEqual([file, '600'])
  for (const folder of ['logs', 'tmp', 'reports'])
    expect([folder, modeOf(place.home, folder)]).toEqual([folder, '700'])
  expect([modeOf(place.home, 'mine.txt'), modeOf(place.home, 'postgres')]).toEqual(['644', '755'])
})

test('a home that was closed further stays so', () => {
  const place = newPlace()
  mkdirSync(place.home)
  chmodSync(place.home, 0o700)
  openHome(place)
  expect(modeOf(place.home)).toBe('700')
})

test('a folder that the home only links to keeps its mode, what Millrace made in it is closed', () => {
  const place = newPlace()
  const elsewhere = join(dirname(place.home), 'elsewhere')
  openToAll(elsewhere, ['warehouse.duckdb'])
  symlinkSync(elsewhere, place.home)
  openHome(place)
  expect([modeOf(elsewhere), modeOf(elsewhere, 'warehouse.duckdb')]).toEqual(['755', '600'])
})

test('a home that cannot be made is left to whoever writes there', () => {
  const { warehouse } = newPlace()
  expect(() => openHome({ home: '/dev/null/home', warehouse })).not.toThrow()
  expect(existsSync('/dev/null/home')).toBe(false)
})

test.runIf(isRoot())('root closes another account’s home to all but that account', () => {
  const place = newPlace()
  openToAll(place.home, ['logs/run-1.ndjson'])
  chownSync(place.home, 1, 1)
  openHome(place)
  expect([modeOf(place.home), modeOf(place.home, 'logs')]).toEqual(['700', '755'])
  expect(statSync(place.home).uid).toBe(1)
})
