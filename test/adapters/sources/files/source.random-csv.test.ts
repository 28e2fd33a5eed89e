import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { IncomingFolder } from './folder.js'

/** Numbers below `below`, the same for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const TEXTS = [
  '',
  'a',
  ' b ',
  'x,y',
  'x;y',
  'q"q',
  '"',
  "it's",
  'two\nlines',
  'cr\rcr',
  'crlf\r\n',
  'é😀',
  'NULL',
  '7',
  '\t',
]

type Row = Readonly<{ id: string; text: string | null; n: number | null }>

/** A file, written in one of the ways that programs write CSV, and the rows it must give. */
function randomFile(roll: (below: number) => number, first: number): { bytes: Buffer; rows: Row[] } {
  const delimiter = [',', ';', '\t', '|'][roll(4)]!
  const end = ['\n', '\r\n', '\r'][roll(3)]!
  const rows = Array.from({ length: 2 + roll(5) }, (_, index): Row => {
    const text = roll(5) === 0 ? null : TEXTS[roll(TEXTS.length)]!
    return { id: String(first + index), text, n: roll(4) === 0 ? null : roll(1000) / 4 }
  })
  const columns = [
    ['id', 'text', 'n'],
    ['n', 'id', 'text'],
  ][roll(2)]! as (keyof Row)[]
  const field = (value: string | number | null): string => {
    if (value === null) return ''
    const text = String(value)
    const must = text === '' || /["\r\n,;|\t]/.test(text)
    return must || roll(3) === 0 ? `"${text.replaceAll('"', '""')}"` : text
  }
  const lines = [columns, ...rows.map((row) => columns.map((name) => row[name]))]
  const blank = roll(4) === 0 ? end : ''
  const text = lines.map((line) => line.map(field).join(delimiter)).join(end + blank)
  const whole = (roll(4) === 0 ? '\ufeff' : '') + text + (roll(3) === 0 ? '' : end)
  const encoded =
    roll(6) === 0 ? Buffer.from(`\ufeff${whole.replace('\ufeff', '')}`, 'utf16le') : Buffer.from(whole)
  return { bytes: roll(5) === 0 ? gzipSync(encoded) : encoded, rows }
}

test.each([1, 2, 3, 4, 5, 6])(
  'files of all kinds load together as they were written (seed %i)',
  async (seed) => {
    const roll = dice(seed)
    for (let round = 0; round < Number(process.env.ROUNDS ?? 3); round++) {
      const folder = new IncomingFolder()
      try {
        const files = Array.from({ length: 1 + roll(4) }, (_, index) => randomFile(roll, index * 100))
        await folder.write(Object.fromEntries(files.map(({ bytes }, index) => [`${index}.csv`, bytes])))
        const columns = [
          { name: 'id', type: 'VARCHAR' },
          { name: 'text', type: 'VARCHAR' },
          { name: 'n', type: 'DOUBLE' },
        ]
        const { rows } = await folder.load({ columns })
        const expected = files.flatMap((file) => file.rows)
        const told = `round ${round}: ${files.map(({ bytes }) => JSON.stringify(bytes.toString('latin1'))).join('\n')}`
        const byId = (a: { id?: unknown }, b: { id?: unknown }) => Number(a.id) - Number(b.id)
        expect([...(rows ?? [])].sort(byId), told).toEqual([...expected].sort(byId))
      } finally {
        folder.close()
      }
    }
  },
)
