import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { MillraceError } from '../../src/base/errors.js'
import { STATUS_OF, statusOf } from '../../src/server/status-of.js'

const SRC = resolve(import.meta.dirname, '../../src')

/** Codes of every table of errors that a request can meet. */
function codes(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return codes(path)
    if (!entry.name.endsWith('.ts')) return []
    const text = readFileSync(path, 'utf8')
    if (!text.includes('defineErrors({')) return []
    return [...text.matchAll(/^ {2}([A-Z][A-Z_]+): \{$/gm)].map(([, code]) => code!)
  })
}

/** Met before a server listens, or by its client only. */
const NEVER_ANSWERED = new Set([
  'INIT_FOLDER_TAKEN',
  'INIT_FOLDER_UNUSABLE',
  'USAGE_INVALID',
  'SERVER_RUNNING',
  'TOKEN_UNUSABLE',
  'HOME_UNUSABLE',
  'SERVER_LOST',
  'SERVER_ANSWER_UNKNOWN',
  'PORT_TAKEN',
  'PORT_INVALID',
  'RUNS_INVALID',
  'ADDRESS_UNUSABLE',
  'HOST_NEEDS_NAME',
  'HOST_NAME_INVALID',
])

test('every code has a status of its own', () => {
  const missing = codes(SRC).filter((code) => !(code in STATUS_OF) && !NEVER_ANSWERED.has(code))
  expect(missing).toEqual([])
})

test('no status is kept for a code that is gone', () => {
  const known = new Set(codes(SRC))
  expect(Object.keys(STATUS_OF).filter((code) => !known.has(code))).toEqual([])
})

test('codes are used once', () => {
  const all = codes(SRC)
  expect(all.filter((code, at) => all.indexOf(code) !== at)).toEqual([])
})

test('a code nobody has heard of is a fault, and busy if it may pass; anything else thrown is a fault', () => {
  expect(statusOf(new MillraceError('NEW', '', undefined, false, {}))).toBe(500)
  expect(statusOf(new MillraceError('NEW', '', undefined, true, {}))).toBe(503)
  expect(statusOf(new TypeError('x'))).toBe(500)
})
