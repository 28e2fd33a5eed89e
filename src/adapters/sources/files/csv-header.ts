import { columnKey } from './expected-columns.js'
import { classify, type Spelling } from './value-class.js'

/**
 * True where the first row names the columns: it holds names that are declared, or nothing but texts. A row with
 * a number, a date or a truth value in it is data.
 */
export function looksLikeHeader(
  texts: readonly string[],
  declared: readonly string[],
  spelling: Spelling,
): boolean {
  const keys = new Set(texts.map((text) => columnKey(text.trim())))
  if (declared.some((name) => keys.has(columnKey(name)))) return true
  return (
    texts.every((text) => {
      const bytes = Buffer.from(text.trim())
      return bytes.length === 0 || classify(bytes, 0, bytes.length, spelling) === 'text'
    }) && texts.some((text) => text.trim() !== '')
  )
}

type Naming = Readonly<{
  header: readonly string[] | null
  width: number
  unnamed: 'first' | 'last' | null
  declared: readonly string[]
  fail: (detail: string) => never
}>

/**
 * A name for every column: the header's, else the declared ones in order, else `column0`, `column1` … A name that
 * is missing gets its number, one that comes twice a suffix.
 */
export function columnNamesOf({ header, width, unnamed, declared, fail }: Naming): string[] {
  if (header === null) {
    if (declared.length === width) return [...declared]
    const names = numbered(width)
    if (declared.every((name) => names.includes(name))) return names
    return fail(`${width} fields and no header, but columns: declares ${declared.length}`)
  }
  const given = header.map((name) => name.trim())
  if (given.some((name) => CONTROL.test(name)))
    return fail('a name holds control characters; is it a text file?')
  if (unnamed === 'first' && given.length === 1)
    return fail(`${width} fields under one name; is it a title? skip: leaves lines out at the top`)
  if (unnamed === 'first') return distinct(['', ...given])
  if (unnamed === 'last') return distinct(given)
  if (width > given.length) return fail(`${width} fields under ${given.length} names`)
  return distinct(given)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for.
const CONTROL = /[\0-\x08\x0e-\x1f]/

const numbered = (width: number): string[] => distinct(Array.from({ length: width }, () => ''))

function distinct(names: readonly string[]): string[] {
  const taken = new Set(names.map(columnKey))
  const used = new Set<string>()
  const digits = String(names.length - 1).length
  return names.map((name, index) => {
    const base = name === '' ? `column${String(index).padStart(digits, '0')}` : name
    let fresh = base
    for (let copy = 1; used.has(columnKey(fresh)) || (fresh !== name && taken.has(columnKey(fresh))); copy++)
      fresh = `${base}_${copy}`
    used.add(columnKey(fresh))
    return fresh
  })
}
