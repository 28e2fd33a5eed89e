import { appendFile, mkdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../../../src/base/clock.js'
import { IncomingFolder } from './folder.js'

let folder: IncomingFolder
beforeEach(() => {
  folder = new IncomingFolder()
})
afterEach(() => {
  folder.close()
})

const code = (wanted: string) => expect.objectContaining({ code: wanted })

describe('which files are loaded', () => {
  test('those that match, at any depth and in braces; the others are left alone', async () => {
    await folder.write({
      'a/x.csv': 'id\n1\n',
      'a/b/y.csv': 'id\n2\n',
      'c/z.csv': 'id\n3\n',
      'a/x.txt': 'id\n4\n',
      '.hidden.csv': 'id\n5\n',
    })
    expect((await folder.load({ path: '**/*.csv' })).rows).toEqual([{ id: '2' }, { id: '1' }, { id: '3' }])
    expect((await folder.load({ path: '{a,c}/?.csv' })).rows).toEqual([{ id: '1' }, { id: '3' }])
    expect((await folder.load({ path: './a/*.csv' })).rows).toEqual([{ id: '1' }])
  })

  test('a file whose name looks like a pattern is itself', async () => {
    await folder.write({ 'report [1] (copy).csv': 'id\n1\n', 'report 1 copy.csv': 'id\n2\n' })
    expect((await folder.load({ path: 'report [1] (copy).csv' })).rows).toEqual([{ id: '1' }])
  })

  test('no file at all is an error at the first load, and nothing new later', async () => {
    await expect(folder.load()).rejects.toEqual(code('SOURCE_NO_FILES'))
    await folder.write({ 'a.csv': 'id\n1\n' })
    const first = await folder.load()
    await rm(join(folder.path, 'a.csv'))
    expect(await folder.load({ position: first.position })).toMatchObject({ rows: null, notes: [] })
  })

  test('later loads read what is new or changed, and say whose rows give way', async () => {
    await folder.write({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' })
    const first = await folder.load()
    expect(first.extract.effect).toEqual({ kind: 'replace' })
    expect((await folder.load({ position: first.position })).rows).toBeNull()

    await folder.write({ 'b.csv': 'id\n22\n23\n', 'c.csv': 'id\n3\n' })
    const second = await folder.load({ position: first.position })
    expect(second.rows).toEqual([{ id: '22' }, { id: '23' }, { id: '3' }])
    const files = ['b.csv', 'c.csv'].map((name) => join(folder.path, name))
    expect(second.extract.effect).toEqual({ kind: 'files', fileColumn: '_millrace_file', files })
    expect((await folder.load({ position: second.position })).rows).toBeNull()
  })

  test('a removed file is nothing new: its rows stay', async () => {
    await folder.write({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' })
    const { position } = await folder.load()
    await rm(join(folder.path, 'a.csv'))
    expect((await folder.load({ position })).rows).toBeNull()
  })

  test('a change that keeps size and modification time is seen', async () => {
    await folder.write({ 'a.csv': 'id\n1\n' })
    const path = join(folder.path, 'a.csv')
    const { position } = await folder.load()
    const { atime, mtime } = await stat(path)
    await folder.write({ 'a.csv': 'id\n2\n' })
    await utimes(path, atime, mtime)
    expect((await folder.load({ position })).rows).toEqual([{ id: '2' }])
  })

  test('a file that was only touched in its change time is not read again', async () => {
    await folder.write({ 'a.csv': 'id\n1\n' })
    const path = join(folder.path, 'a.csv')
    const { position } = await folder.load()
    const { atime, mtime } = await stat(path)
    await utimes(path, new Date(), new Date())
    await utimes(path, atime, mtime)
    expect((await folder.load({ position })).rows).toBeNull()
  })

  test('a file whose rows are gone gives them up', async () => {
    await folder.write({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' })
    const { position } = await folder.load()
    await folder.write({ 'a.csv': 'id\n' })
    const next = await folder.load({ position })
    expect(next.rows).toEqual([])
    expect(next.extract.effect).toMatchObject({ kind: 'files', files: [join(folder.path, 'a.csv')] })
    await folder.write({ 'b.csv': '' })
    const last = await folder.load({ position: next.position })
    expect(last.extract.payload).toMatchObject({ paths: [] })
    expect(last.extract.columns).toEqual([{ name: 'id', type: 'BIGINT' }])
  })
})

describe('links and moved files', () => {
  test('a file that links lead to twice is loaded once, and links out of the folder are not read', async () => {
    await folder.write({ 'in/a.csv': 'id\n1\n', 'beside.csv': 'id\n2\n' })
    await symlink('.', join(folder.path, 'in/loop'))
    await symlink('a.csv', join(folder.path, 'in/0-first.csv'))
    await symlink('nowhere.csv', join(folder.path, 'in/broken.csv'))
    await symlink('../beside.csv', join(folder.path, 'in/out.csv'))
    const { rows, notes } = await folder.load({ path: '**/*.csv', below: 'in' })
    expect(rows).toEqual([{ id: '1' }])
    expect(notes).toEqual([
      expect.stringMatching(/out.csv is a link out of the connection’s folder and is not read/),
    ])
  })

  test.skipIf(process.platform !== 'linux')('a file whose name is no UTF-8 is told', async () => {
    await folder.write({ 'a.csv': 'id\n1\n' })
    await writeFile(
      Buffer.concat([Buffer.from(`${folder.path}/caf`), Buffer.of(0xe9), Buffer.from('.csv')]),
      'id\n2\n',
    )
    const { rows, notes } = await folder.load()
    expect(rows).toEqual([{ id: '1' }])
    expect(notes).toEqual([expect.stringMatching(/^caf.\.csv cannot be found and is not read/)])
  })

  test('a file that comes back under another name changes place: no row comes twice', async () => {
    await folder.write({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' })
    const first = await folder.load()
    await rename(join(folder.path, 'a.csv'), join(folder.path, 'c.csv'))
    const { rows, notes, extract, position } = await folder.load({ position: first.position })
    expect(rows).toEqual([{ id: '1' }])
    expect(notes).toEqual(['c.csv is what was a.csv before: its rows change place.'])
    expect(extract.effect).toMatchObject({
      files: expect.arrayContaining([join(folder.path, 'a.csv'), join(folder.path, 'c.csv')]),
    })
    expect((await folder.load({ position })).rows).toBeNull()
  })
})

describe('files that are being written', () => {
  test.each([
    ['csv', 'a.csv.gz', gzipSync(`id\n${'1\n'.repeat(9_000)}`).subarray(0, -9)],
    ['ndjson', 'a.ndjson.gz', gzipSync('{"id":1}\n').subarray(0, -9)],
    ['parquet', 'a.parquet', Buffer.from('PAR1 and then nothing')],
  ] as const)(
    'a %s that is packed or written just now is left, and what it held before stays',
    async (format, name, bytes) => {
      await folder.query(`copy (select 1 as id) to '${join(folder.path, 'a.parquet')}' (format parquet)`)
      await folder.write({ 'a.csv.gz': gzipSync('id\n1\n'), 'a.ndjson.gz': gzipSync('{"id":1}\n') })
      const request = { format, path: name }
      const { position } = await folder.load(request)
      await folder.write({ [name]: bytes }, { fresh: true })
      const again = await folder.load({ ...request, position })
      expect(again).toMatchObject({
        rows: null,
        notes: [`${name} is not whole yet and is left for the next run.`],
        position,
      })
      await folder.write({ [name]: bytes })
      await expect(folder.load({ ...request, position })).rejects.toEqual(code('SOURCE_FILE_UNREADABLE'))
    },
  )

  test('a file written just now loads in the same run', async () => {
    await folder.write({ 'a.csv': 'id\n1\n' }, { fresh: true })
    const { rows, position, notes } = await folder.load()
    expect({ rows, notes }).toEqual({ rows: [{ id: '1' }], notes: [] })
    expect((await folder.load({ position })).rows).toBeNull()
    await folder.write({ 'a.csv': 'id\n2\n3\n' }, { fresh: true })
    const next = await folder.load({ position })
    expect(next.rows).toEqual([{ id: '2' }, { id: '3' }])
  })

  test('rows of a changed file give way whatever it was read from before', async () => {
    await folder.write({ 'a.csv': 'id\n1\n' }, { fresh: true })
    const first = await folder.load()
    const paths = first.extract.payload?.kind === 'files' ? first.extract.payload.paths : []
    await folder.write({ 'a.csv': 'id\n1\n2\n' })
    const { extract } = await folder.load({ position: first.position })
    const files = extract.effect.kind === 'files' ? extract.effect.files : []
    expect(files).toEqual(expect.arrayContaining([...paths, join(folder.path, 'a.csv')]))
  })

  test('a file that grows between two looks is left for the next run', async () => {
    await folder.write({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' }, { fresh: true })
    const growing = {
      ...systemClock,
      sleep: () => appendFile(join(folder.path, 'b.csv'), '3\n'),
    }
    const first = await folder.load({ clock: growing })
    expect(first.rows).toEqual([{ id: '1' }])
    expect(first.notes).toEqual(['b.csv is being written to and is left for the next run.'])
    expect((await folder.load({ position: first.position })).rows).toEqual([{ id: '2' }, { id: '3' }])
  })

  test('names of unfinished files are left alone', async () => {
    await folder.write({ 'a.csv': 'id\n1\n', 'b.csv.part': 'id\n2\n', '_temporary/c.csv': 'id\n3\n' })
    const { rows, notes } = await folder.load({ path: '**/*' })
    expect(rows).toEqual([{ id: '1' }])
    expect(notes).toHaveLength(2)
  })

  test('a line that is not whole yet waits for the next run', async () => {
    await folder.write({ 'a.csv': 'id,name\n1,soap\n2' }, { fresh: true })
    const first = await folder.load()
    expect(first.rows).toEqual([{ id: '1', name: 'soap' }])
    expect(first.notes).toEqual([
      'a.csv: line 3 is not whole yet and is left for the next run, 1 rows are loaded.',
    ])
    await folder.write({ 'a.csv': 'id,name\n1,soap\n2,paper\n' })
    expect((await folder.load({ position: first.position })).rows).toHaveLength(2)
  })

  test('a line that was cut off long ago is an error', async () => {
    await folder.write({ 'a.csv': 'id,name\n1,soap\n2,"pap' })
    await expect(folder.load()).rejects.toThrow('a.csv cannot be read: line 3: the last line is cut off')
  })
})

describe('dirt in CSV', () => {
  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('%s ends lines, with or without one after the last row', async (_name, end) => {
    const lines = ['id,name', '1,"two\nlines"', '2,x']
    for (const last of ['', end]) {
      await folder.write({ 'a.csv': lines.join(end) + last })
      expect((await folder.load()).rows).toEqual([
        { id: '1', name: 'two\nlines' },
        { id: '2', name: 'x' },
      ])
    }
  })

  test('mixed line ends, blank lines and a lone CR in a value do not confuse rows', async () => {
    await folder.write({ 'a.csv': 'id,name\r\n1,a\n\n2,b\rc\r\n\r\n3,d\n' })
    const { rows, notes } = await folder.load()
    expect(rows).toEqual([
      { id: '1', name: 'a' },
      { id: '2', name: 'b\rc' },
      { id: '3', name: 'd' },
    ])
    expect(notes).toEqual(['a.csv: lines end in different ways, 3 with LF, 3 with CRLF.'])
  })

  test.each([
    ['UTF-8 with a mark', Buffer.from('\ufeffid,name\n1,Zoë\n'), {}],
    ['UTF-16LE with a mark', Buffer.from('\ufeffid,name\n1,Zoë\n', 'utf16le'), {}],
    ['UTF-16LE without one', Buffer.from('id,name\n1,Zoë\n', 'utf16le'), {}],
    ['UTF-16BE', Buffer.from('\ufeffid,name\n1,Zoë\n', 'utf16le').swap16(), {}],
    ['latin-1, said so', Buffer.from('id,name\n1,Zoë\n', 'latin1'), { encoding: 'latin-1' }],
    ['gzip', gzipSync('id,name\n1,Zoë\n'), {}],
  ])('%s', async (_name, bytes, options) => {
    await folder.write({ 'a.csv': bytes })
    expect((await folder.load({ options })).rows).toEqual([{ id: '1', name: 'Zoë' }])
  })

  test('UTF-32 and what is no text at all are refused', async () => {
    const bytes = Buffer.from('id,name\n1,x\n', 'utf16le')
    const wide = Buffer.alloc(bytes.length * 2 + 4)
    wide.writeUInt32LE(0xfeff)
    for (let at = 0; at < bytes.length; at += 2) wide[4 + 2 * at] = bytes[at]!
    await folder.write({ 'a.csv': wide })
    await expect(folder.load()).rejects.toThrow(/it is written in UTF-32; save it as UTF-8/)
    await folder.write({ 'a.csv': 'PK\x03\x04 and so on' })
    await expect(folder.load()).rejects.toThrow(/it is a zip archive or a spreadsheet; unpack it/)
    await folder.write({ 'a.csv': 'id\0,name\x01\n1,x\n' })
    await expect(folder.load()).rejects.toThrow(/line 1: a name holds control characters/)
  })

  test('gzip and zstd, whatever the name says', async () => {
    const path = join(folder.path, 'b.csv.zst')
    await folder.query(
      `copy (select range as id, 'Zoë' as name from range(100000)) to '${path}' (format csv, compression zstd)`,
    )
    const packed = await folder.load({ path: 'b.csv.zst' })
    expect(packed.types).toEqual({ id: 'BIGINT', name: 'VARCHAR' })
    expect(await folder.query('select count(*)::int as rows, sum(id)::int8 as sum from loaded')).toEqual([
      { rows: 100_000, sum: '4999950000' },
    ])
    await folder.write({ 'a.csv': gzipSync('id,name\n1,a\n'), 'c.csv': 'id,name\n2,b\n' })
    expect((await folder.load()).rows).toEqual([
      { id: '1', name: 'a' },
      { id: '2', name: 'b' },
    ])
    await folder.write({ 'a.csv': gzipSync('id,name\n1,a\n').subarray(0, 20) })
    await expect(folder.load()).rejects.toThrow('a.csv cannot be read: its gzip is cut off')
  })

  test('bytes in another encoding are found with their line', async () => {
    await folder.write({ 'a.csv': Buffer.from('id,name\n1,a\n2,Zoë\n', 'latin1') })
    await expect(folder.load()).rejects.toThrow(
      'a.csv cannot be read: line 3: bytes that are no UTF-8; say encoding: latin-1 or what it is',
    )
  })

  test('empty files are noted, header-only files have no rows', async () => {
    await folder.write({ 'a.csv': '', 'b.csv': 'id,name\n', 'c.csv': 'id,name\n1,x\n' })
    const { rows, types, notes } = await folder.load()
    expect(rows).toEqual([{ id: '1', name: 'x' }])
    expect(types).toEqual({ id: 'BIGINT', name: 'VARCHAR' })
    expect(notes).toEqual(['a.csv is empty.'])
  })

  test('columns get their types from the first rows there are', async () => {
    await folder.write({ 'a.csv': 'id,level\n' })
    const empty = await folder.load()
    expect(empty.rows).toEqual([])
    await folder.write({ 'b.csv': 'id,level\n1,0.5\n' })
    const next = await folder.load({ position: empty.position })
    expect(next.types).toEqual({ id: 'BIGINT', level: 'DOUBLE' })
    expect(next.extract.effect).toEqual({ kind: 'replace' })
  })

  test('names that are missing or come twice', async () => {
    await folder.write({ 'a.csv': 'id,,x,X,id\n1,2,3,4,5\n' })
    expect((await folder.load()).rows).toEqual([{ id: '1', column1: '2', x: '3', X_1: '4', id_1: '5' }])
  })

  test('years as names keep their places', async () => {
    await folder.write({ 'a.csv': 'name,2020,2019\nx,1,2\n' })
    expect((await folder.load({ options: { header: true } })).rows).toEqual([
      { name: 'x', 2020: '1', 2019: '2' },
    ])
  })

  test('a row with too few or too many fields is named', async () => {
    await folder.write({ 'a.csv': 'a,b,c\n1,2,3\n4,5\n6,7,8\n' })
    await expect(folder.load()).rejects.toThrow('a.csv cannot be read: line 3: 2 fields where 3 are expected')
    expect((await folder.load({ options: { null_padding: true } })).rows?.[1]).toEqual({
      a: '4',
      b: '5',
      c: null,
    })
    await folder.write({ 'a.csv': 'a,b\n1,2\n"x\ny",2\n6,7,8\n' })
    await expect(folder.load()).rejects.toThrow('a.csv cannot be read: line 5: 3 fields where 2 are expected')
  })

  test('a delimiter behind every row is no column', async () => {
    await folder.write({ 'a.csv': 'a,b\n1,2,\n3,4,\n' })
    const { rows, notes } = await folder.load()
    expect(rows).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ])
    expect(notes).toEqual(['a.csv: every row ends with a delimiter; the empty field after it is left out.'])
  })

  test('semicolons, tabs and bars are found; decimal commas are said', async () => {
    for (const delimiter of [';', '\t', '|']) {
      await folder.write({ 'a.csv': ['a b', '1,5'].map((text) => `${text}${delimiter}z`).join('\n') })
      expect((await folder.load()).rows).toEqual([{ 'a b': '1,5', z: 'z' }])
    }
    await folder.write({ 'a.csv': 'a;b\n1,5;x\n' })
    const { rows } = await folder.load({ options: { decimal_separator: ',' } })
    expect(rows).toEqual([{ a: 1.5, b: 'x' }])
  })

  test('a stray quote is named', async () => {
    await folder.write({ 'a.csv': 'a,b\n1,"x"y\n' })
    await expect(folder.load()).rejects.toThrow('a.csv cannot be read: line 2: text follows a closing quote')
    await folder.write({ 'a.csv': 'a,b\n1,5" pipe\n' })
    expect((await folder.load()).rows).toEqual([{ a: '1', b: '5" pipe' }])
  })

  test('the line that spreadsheets say their delimiter in is no row, and a title is no name', async () => {
    await folder.write({ 'a.csv': 'sep=;\r\nid;v\r\n1;a,b\r\n' })
    expect((await folder.load()).rows).toEqual([{ id: '1', v: 'a,b' }])
    await folder.write({ 'a.csv': 'Report of March\n\nid,v\n1,a\n' })
    await expect(folder.load()).rejects.toThrow(
      /line 1: 2 fields under one name; is it a title\? skip: leaves/,
    )
    expect((await folder.load({ options: { skip: 2 } })).rows).toEqual([{ id: '1', v: 'a' }])
  })

  test('lines to skip and comments', async () => {
    await folder.write({ 'a.csv': 'Export of "today\nmade by x\na,b\n1,x\n# a comment, with "\n2,y\n' })
    const { rows } = await folder.load({ options: { skip: 2, comment: '#' } })
    expect(rows).toEqual([
      { a: '1', b: 'x' },
      { a: '2', b: 'y' },
    ])
  })

  test('values in quotes can be NULL where the column holds no text', async () => {
    await folder.write({ 'a.csv': '"id","level","name"\n"1","","a"\n"","0.5",""\n' })
    expect((await folder.load()).rows).toEqual([
      { id: '1', level: null, name: 'a' },
      { id: null, level: 0.5, name: '' },
    ])
  })

  test('options nobody knows, and values that mean nothing, are refused', async () => {
    await folder.write({ 'a.csv': 'a\n1\n' })
    await expect(folder.load({ options: { delimeter: ';' } })).rejects.toThrow(
      /has delimeter, which is no option/,
    )
    await expect(folder.load({ options: { quote: 'abc' } })).rejects.toThrow(/should be one plain character/)
    await expect(folder.load({ options: { encoding: 'klingon' } })).rejects.toEqual(
      code('SOURCE_OPTION_WRONG'),
    )
  })
})

describe('types', () => {
  test('are found over all rows, and only where nothing is lost', async () => {
    await folder.write({
      'a.csv': [
        'i,d,b,day,at,zoned,zip,phone,big,t,half',
        '1,1,true,2024-01-31,2024-01-31 10:00,2024-01-31T10:00:00Z,08123,+353 1,9223372036854775807,08:00:00,1',
        ',2.5,FALSE,2024-02-29,2024-02-29T10:00:00.123456,2024-01-31 10:00:00+02:00,1010,5,9223372036854775808,23:59:59.5,',
      ].join('\n'),
    })
    const { types, rows } = await folder.load()
    expect(types).toEqual({
      i: 'BIGINT',
      d: 'DOUBLE',
      b: 'BOOLEAN',
      day: 'DATE',
      at: 'TIMESTAMP',
      zoned: 'TIMESTAMP WITH TIME ZONE',
      zip: 'VARCHAR',
      phone: 'VARCHAR',
      big: 'VARCHAR',
      t: 'TIME',
      half: 'BIGINT',
    })
    expect(rows?.[1]).toMatchObject({ zip: '1010', big: '9223372036854775808', i: null })
  })

  test('one text among numbers makes the column text, with a note, never NULL', async () => {
    const numbers = Array.from({ length: 5_000 }, (_, index) => index)
    await folder.write({ 'a.csv': `n\n${numbers.join('\n')}\nn/a\n7\n` })
    const { types, rows, notes } = await folder.load()
    expect(types).toEqual({ n: 'VARCHAR' })
    expect(rows?.filter(({ n }) => n === null)).toEqual([])
    expect(notes).toEqual([
      'a.csv, line 5002: n is "n/a" after 5,000 whole numbers, so the column is loaded as text. If it means NULL, say null: "n/a"; to refuse such rows, declare the column\'s type.',
    ])
    expect((await folder.load({ options: { null: ['n/a', 'NA'] } })).types).toEqual({ n: 'BIGINT' })
  })

  test('a whole number that no double is equal to stays whole among fractions and NaN, as text', async () => {
    await folder.write({
      'a.csv': 'id,n,m\n9007199254740993,9007199254740993,9007199254740992\n1,NaN,0.5\n',
      'b.ndjson': '{"id":9223372036854775807,"n":9007199254740993}\n{"id":1,"n":0.5}\n',
    })
    const csv = await folder.load()
    expect(csv.types).toEqual({ id: 'BIGINT', n: 'VARCHAR', m: 'DOUBLE' })
    expect(csv.rows?.[0]).toEqual({ id: '9007199254740993', n: '9007199254740993', m: 2 ** 53 })
    expect(csv.notes).toEqual([
      expect.stringMatching(/n is "NaN" after 1 whole number, so .* loaded as text/),
    ])
    const json = await folder.load({ format: 'ndjson', path: 'b.ndjson' })
    expect(json.types).toEqual({ id: 'BIGINT', n: 'VARCHAR' })
    expect(json.rows?.[0]).toEqual({ id: '9223372036854775807', n: '9007199254740993' })
    await folder.write({ 'c.ndjson': '{"o":{"id":1.5},"id":2}\n{"o":{"id":5},"id":3}\n' })
    const nested = await folder.load({ format: 'ndjson', path: 'c.ndjson' })
    expect(nested.types).toMatchObject({ id: 'BIGINT' })
    const columns = [{ name: 'n', type: 'DOUBLE' }]
    expect((await folder.load({ columns })).types).toMatchObject({ n: 'DOUBLE' })
  })

  test.each([
    ['DECIMAL(4,2)', ['1.50', '-99.99', '1e1', '0.000', '1.2300'], ['1.255', '100', '1e2', 'NaN', '1e-3']],
    ['TINYINT', ['-128', '127'], ['128', '1.5', 'x']],
    ['UBIGINT', ['18446744073709551615', '0'], ['-1', '18446744073709551616']],
    ['HUGEINT', ['170141183460469231731687303715884105727'], ['170141183460469231731687303715884105728']],
  ])(
    '%s takes what it holds to the last digit, and refuses the rest with its line',
    async (type, good, bad) => {
      const columns = [{ name: 'n', type }]
      await folder.write({ 'a.csv': `n\n${good.join('\n')}\n` })
      expect((await folder.load({ columns })).rows).toHaveLength(good.length)
      for (const value of bad) {
        await folder.write({ 'a.csv': `n\n${good[0]}\n${value}\n` })
        await expect(folder.load({ columns })).rejects.toThrow(`line 3: n is "${value}", which is no ${type}`)
      }
      const numbers = bad.filter((value) => Number.isFinite(Number(value)))
      for (const value of numbers) {
        await folder.write({ 'a.ndjson': `{"n":${value}}\n` })
        await expect(folder.load({ format: 'ndjson', path: '*.ndjson', columns })).rejects.toThrow(
          /line 1: n is/,
        )
      }
    },
  )

  test('files that do not agree on a column make it text, with a note', async () => {
    await folder.write({ 'a.csv': 'id,v\n1,2\n', 'b.csv': 'id,v\n2,two\n' })
    const { types, notes } = await folder.load()
    expect(types).toEqual({ id: 'BIGINT', v: 'VARCHAR' })
    expect(notes).toEqual([
      "v holds whole numbers in a.csv and texts in b.csv, so the column is loaded as text; to refuse such files, declare the column's type.",
    ])
  })

  test('columns named like those that Millrace hides are refused', async () => {
    await folder.write({ 'a.csv': 'id,_millrace_file\n1,x\n', 'a.ndjson': '{"_MILLRACE_x":1}\n' })
    await expect(folder.load()).rejects.toEqual(code('SOURCE_COLUMNS_UNFIT'))
    await expect(folder.load({ format: 'ndjson', path: '*.ndjson' })).rejects.toEqual(
      code('SOURCE_COLUMNS_UNFIT'),
    )
  })

  test('union_by_name lets later files lack columns, and bring none that is not released', async () => {
    const options = { union_by_name: true }
    await folder.write({ 'a.csv': 'id,v\n1,a\n', 'b.csv': 'id,w\n2,b\n' })
    const { position, rows } = await folder.load({ options })
    expect(rows).toEqual([
      { id: '1', v: 'a', w: null },
      { id: '2', v: null, w: 'b' },
    ])
    await folder.write({ 'c.csv': 'id\n3\n' })
    expect((await folder.load({ options, position })).rows).toEqual([{ id: '3', v: null, w: null }])
    await folder.write({ 'c.csv': 'id,extra\n3,x\n' })
    await expect(folder.load({ options, position })).rejects.toThrow(
      'Upstream of raw.drop changed: c.csv has column extra more than the files loaded before.',
    )
  })

  test('a number beyond all doubles is text, never infinity', async () => {
    const huge = `${'9'.repeat(400)}.5`
    await folder.write({ 'a.csv': `n,m\n1e400,1.5\n-2.5,${huge}\n`, 'a.ndjson': '{"n":1e400}\n{"n":1.5}\n' })
    const { types, rows } = await folder.load()
    expect(types).toEqual({ n: 'VARCHAR', m: 'VARCHAR' })
    expect(rows?.map(({ n, m }) => [n, m])).toEqual([
      ['1e400', '1.5'],
      ['-2.5', huge],
    ])
    expect((await folder.load({ format: 'ndjson', path: '*.ndjson' })).types).toEqual({ n: 'VARCHAR' })
    for (const type of ['DOUBLE', 'FLOAT'])
      await expect(folder.load({ columns: [{ name: 'n', type }] })).rejects.toThrow(
        `line 2: n is "1e400", which is no ${type}`,
      )
  })

  test('declared names are spelled as they are declared', async () => {
    await folder.write({ 'a.csv': 'ID,Name\n1,soap\n' })
    const columns = [{ name: 'id', type: 'INTEGER' }, { name: 'name' }]
    expect((await folder.load({ columns })).rows).toEqual([{ id: 1, name: 'soap' }])
  })

  test('a declared type refuses what it cannot hold, naming the line', async () => {
    await folder.write({ 'a.csv': 'id,n\n1,2\n2,two\n' })
    const columns = [{ name: 'n', type: 'INTEGER' }]
    await expect(folder.load({ columns })).rejects.toThrow(
      'a.csv cannot be read: line 3: n is "two", which is no INTEGER',
    )
    await expect(folder.load({ columns: [{ name: 'm', type: 'INTEGER' }] })).rejects.toEqual(
      code('SOURCE_COLUMN_MISSING'),
    )
  })

  test('hold for later files: what does not fit is a changed schema', async () => {
    await folder.write({ 'a.csv': 'id,level\n1,2\n' })
    const { position } = await folder.load()
    await folder.write({ 'b.csv': 'id,level\n2,0.5\n' })
    await expect(folder.load({ position })).rejects.toThrow(
      'Upstream of raw.drop changed: b.csv, line 2: level is "0.5", which is no BIGINT.',
    )
    await folder.write({ 'b.csv': 'id,level,extra\n2,1,x\n' })
    await expect(folder.load({ position })).rejects.toThrow(
      /b.csv has column extra more than the files loaded before/,
    )
    await folder.write({ 'b.csv': 'LEVEL,id\n,2\n' })
    expect((await folder.load({ position })).rows).toEqual([{ id: '2', level: null }])
  })

  test('are those that hold all files of the first load', async () => {
    await folder.write({ 'a.csv': 'id,n\n1,2\n', 'b.csv': 'n;id\n0.5;2\n', 'c.csv': 'id,n\r\n3,\r\n' })
    const { rows, types } = await folder.load()
    expect(types).toEqual({ id: 'BIGINT', n: 'DOUBLE' })
    expect(rows).toEqual([
      { id: '1', n: 2 },
      { id: '2', n: 0.5 },
      { id: '3', n: null },
    ])
    await folder.write({ 'd.csv': 'id\n4\n' })
    await expect(folder.load()).rejects.toThrow(
      /files of raw.drop do not agree: d.csv lacks column n than a.csv/,
    )
    expect((await folder.load({ options: { union_by_name: true } })).rows?.at(-1)).toEqual({
      id: '4',
      n: null,
    })
  })
})

describe('NDJSON', () => {
  const ndjson = { format: 'ndjson', path: '*.ndjson' } as const

  test('gives every key a column, missing ones NULL, nested ones JSON', async () => {
    await folder.write({
      'a.ndjson': '{"id":1,"t":21.0,"at":"2024-01-01T00:00:00Z"}\n\n{"id":2,"tags":["a"],"t":5,"name":"5"}',
    })
    const { rows, types } = await folder.load(ndjson)
    expect(types).toMatchObject({
      id: 'BIGINT',
      t: 'DOUBLE',
      at: 'TIMESTAMP WITH TIME ZONE',
      name: 'VARCHAR',
    })
    expect(rows?.[1]).toEqual({ id: '2', t: 5, at: null, tags: '["a"]', name: '5' })
  })

  test('names file and line of what is no object', async () => {
    await folder.write({ 'a.ndjson': '{"id":1}\n{"id":}\n' })
    await expect(folder.load(ndjson)).rejects.toThrow(/a.ndjson cannot be read: line 2: Unexpected token/)
    await folder.write({ 'a.ndjson': '[{"id":1}]\n' })
    await expect(folder.load(ndjson)).rejects.toThrow('a.ndjson cannot be read: line 1: not an object')
  })

  test('one text among numbers makes the key text, with a note', async () => {
    await folder.write({ 'a.ndjson': '{"v":1,"j":1}\n{"v":2.5}\n{"v":"n/a","j":"x"}\n{"j":[1]}\n' })
    const { types, notes } = await folder.load(ndjson)
    expect(types).toMatchObject({ v: 'VARCHAR' })
    expect(notes).toEqual([
      'a.ndjson, line 3: v is "n/a" after 2 numbers, so the column is loaded as text. To refuse such rows, declare the column\'s type.',
    ])
  })

  test.each([
    ['{"id":1}\n{"n":"caf\xe9"}\n', 'line 2: bytes that are no UTF-8'],
    ['{"id":1}\n{"n":"\\ud800"}\n', 'line 2: half of a surrogate pair'],
    ['{"":1}\n', 'line 1: a key is empty'],
  ])('names the line of what no column can hold: %j', async (text, detail) => {
    await folder.write({ 'a.ndjson': Buffer.from(text, 'latin1') })
    await expect(folder.load(ndjson)).rejects.toThrow(`a.ndjson cannot be read: ${detail}`)
    await folder.write({ 'a.ndjson': '{"n":"\\ud83d\\ude00 \\\\ud800"}\n' })
    expect((await folder.load(ndjson)).rows).toEqual([{ n: '😀 \\ud800' }])
  })

  test('leaves a last line that is not whole, and reads marks and gzip', async () => {
    await folder.write({ 'a.ndjson': '\ufeff{"id":1}\n{"id":2' }, { fresh: true })
    const first = await folder.load(ndjson)
    expect(first.rows).toEqual([{ id: '1' }])
    expect(first.notes).toHaveLength(1)
    await folder.write({ 'b.ndjson.gz': gzipSync('{"id":3}\n') })
    expect((await folder.load({ ...ndjson, path: '*.gz' })).rows).toEqual([{ id: '3' }])
  })

  test('a new key in a later file, or a value of another kind, is a changed schema', async () => {
    await folder.write({ 'a.ndjson': '{"id":1}\n' })
    const { position } = await folder.load(ndjson)
    await folder.write({ 'b.ndjson': '{"id":2,"extra":1}\n' })
    await expect(folder.load({ ...ndjson, position })).rejects.toThrow(/b.ndjson has the key extra/)
    await folder.write({ 'b.ndjson': '{"id":"two"}\n' })
    await expect(folder.load({ ...ndjson, position })).rejects.toThrow(
      /line 1: id is "two", which is no BIGINT/,
    )
  })
})

describe('Parquet', () => {
  const parquet = { format: 'parquet', path: '*.parquet' } as const
  const write = async (name: string, select: string) => {
    const path = join(folder.path, name)
    await folder.query(`copy (${select}) to '${path}' (format parquet)`)
    const hourAgo = new Date(Date.now() - 3_600_000)
    await utimes(path, hourAgo, hourAgo)
  }

  test('loads with the types of the files, which must agree', async () => {
    await write('a.parquet', `select 1 as id, 1.5::decimal(10,2) as price, now() as at, [1, 2] as list`)
    const first = await folder.load(parquet)
    expect(first.types).toEqual({
      id: 'INTEGER',
      price: 'DECIMAL(10,2)',
      at: 'TIMESTAMP WITH TIME ZONE',
      list: 'INTEGER[]',
    })
    await write('b.parquet', `select 1.5::decimal(10,2) as price, 2 as id, now() as at, [3] as list`)
    expect((await folder.load({ ...parquet, position: first.position })).rows).toHaveLength(1)
    expect((await folder.load(parquet)).rows?.map(({ id }) => id)).toEqual([1, 2])
    await write('c.parquet', `select 3::bigint as id, 1.5::decimal(10,2) as price, now() as at, [1] as list`)
    await expect(folder.load({ ...parquet, position: first.position })).rejects.toThrow(
      'c.parquet has id as BIGINT, which was INTEGER before',
    )
  })

  test('casts to declared types', async () => {
    await write('a.parquet', `select 1 as id, 'x' as name`)
    const { types } = await folder.load({ ...parquet, columns: [{ name: 'id', type: 'BIGINT' }] })
    expect(types).toEqual({ id: 'BIGINT', name: 'VARCHAR' })
  })

  test('refuses a declared type that would round', async () => {
    await write('a.parquet', `select 1.255::double as n, '2024-01-01 10:00'::timestamp as at`)
    for (const [name, type] of [
      ['n', 'DECIMAL(10,2)'],
      ['n', 'INTEGER'],
      ['at', 'DATE'],
    ] as const)
      await expect(folder.load({ ...parquet, columns: [{ name, type }] })).rejects.toThrow(
        new RegExp(`which ${type.replace(/[()]/g, '.')} in columns: would round or cut`),
      )
  })

  test('what is no Parquet file is said to be none, however young', async () => {
    await folder.write({ 'a.parquet': 'id,name\n1,x\n' }, { fresh: true })
    await expect(folder.load(parquet)).rejects.toThrow(/it is no Parquet file: it does not begin with PAR1/)
    await folder.write({ 'a.parquet': `PAR1${'\0'.repeat(90)}PAR1` })
    await expect(folder.load(parquet)).rejects.toThrow(/its Parquet footer makes no sense; it is damaged/)
  })

  test('a file without its end is left if young, refused if old', async () => {
    await write('a.parquet', 'select 1 as id')
    await folder.write({ 'b.parquet': 'PAR1 and then nothing' }, { fresh: true })
    const { rows, notes, position } = await folder.load(parquet)
    expect(rows).toEqual([{ id: 1 }])
    expect(notes).toEqual(['b.parquet is not whole yet and is left for the next run.'])
    await write('b.parquet', 'select 2 as id')
    expect((await folder.load({ ...parquet, position })).rows).toEqual([{ id: 2 }])
    await folder.write({ 'c.parquet': 'PAR1 and then nothing' })
    await expect(folder.load(parquet)).rejects.toThrow('c.parquet cannot be read: it has no Parquet footer')
  })
})

test('a folder that cannot be read is said by name', async () => {
  await mkdir(join(folder.path, 'x.csv'))
  await expect(folder.load({ path: 'x.csv' })).rejects.toEqual(code('SOURCE_NO_FILES'))
})
