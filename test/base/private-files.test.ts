import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  giveToUser,
  keepFilesPrivate,
  makeUsersFolder,
  usersUmask,
  writeUsersFile,
} from '../../src/base/private-files.js'

const folder = mkdtempSync(join(tmpdir(), 'millrace-private-'))
const at = (name: string) => join(folder, name)
const modeOf = (name: string) => (statSync(at(name)).mode & 0o7777).toString(8)

beforeAll(() => {
  process.umask(0o027)
  keepFilesPrivate()
  keepFilesPrivate()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('once files are private', () => {
  test('whatever is made is its owner’s alone, DuckDB’s log of writes included', async () => {
    const instance = await DuckDBInstance.create(at('rows.duckdb'))
    const connection = await instance.connect()
    await connection.run('create table t as select 1 as n')
    expect(existsSync(at('rows.duckdb.wal'))).toBe(true)
    expect([modeOf('rows.duckdb'), modeOf('rows.duckdb.wal')]).toEqual(['600', '600'])
    connection.closeSync()
    instance.closeSync()
  })

  test('the umask the process was started with is remembered', () => {
    expect(usersUmask()).toBe(0o027)
  })

  test('folders and files made for the user are as that umask says', async () => {
    await makeUsersFolder(at('a/b/../c'))
    await writeUsersFile(at('a/c/x.txt'), 'x')
    expect([modeOf('a'), modeOf('a/c'), modeOf('a/c/x.txt')]).toEqual(['750', '750', '640'])
  })

  test('a file or folder that the user had closed stays closed', async () => {
    mkdirSync(at('closed'))
    writeFileSync(at('closed/x.txt'), '')
    await makeUsersFolder(at('closed'))
    await writeUsersFile(at('closed/x.txt'), 'x')
    expect([modeOf('closed'), modeOf('closed/x.txt')]).toEqual(['700', '600'])
  })

  test('a folder’s group goes on to what is made in it', async () => {
    mkdirSync(at('team'))
    chmodSync(at('team'), 0o2770)
    await makeUsersFolder(at('team/new'))
    expect(modeOf('team/new')).toBe('2750')
  })

  test('what an access list has opened is left as it is', async () => {
    writeFileSync(at('listed.txt'), '')
    chmodSync(at('listed.txt'), 0o660)
    await giveToUser(at('listed.txt'))
    expect(modeOf('listed.txt')).toBe('660')
  })

  test('what is gone again does no harm', async () => {
    await expect(giveToUser(at('nowhere'))).resolves.toBeUndefined()
  })
})
