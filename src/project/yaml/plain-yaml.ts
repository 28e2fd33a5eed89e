import { locate, type SourceText } from '../files/source-text.js'
import {
  BeyondPlain,
  beyond,
  type Flow,
  keyAt,
  keyEnd,
  plainScalar,
  readFlow,
  type Text,
} from './plain-values.js'
import type { YamlEntry, YamlNode, YamlScalar } from './tree.js'

/**
 * Reads the YAML that nearly all headers are made of: maps and lists by indentation, `{ … }` and `[ … ]` within a
 * line, plain and quoted values within a line, plain texts below `|` and `>`, comments. It takes a tenth of the library's time, which is most of
 * the time a large project takes to load. Null for everything else, mistakes and doubtful values included: the
 * library reads those, and says what is wrong with them. What it does read, it reads as the library does.
 */
export function parsePlainYaml(source: SourceText, start: number, yaml: string): YamlNode | null {
  if (/[^\x20-\x7e\u00a0-\ud7ff\n]/.test(yaml)) return null
  const reader: Reader = { yaml, lines: linesOf(yaml), next: 0, at: (index) => locate(source, start + index) }
  const first = reader.lines[0]
  if (first === undefined) return null
  try {
    const node = readBlock(reader, first.indent)
    return reader.next === reader.lines.length ? node : null
  } catch (error) {
    if (error instanceof BeyondPlain) return null
    throw error
  }
}

/** A line with something on it: its first and last character but blanks, as indexes; comments cut off. */
type Line = { indent: number; from: number; readonly to: number }
type Reader = Text & {
  readonly lines: readonly Line[]
  /** The line that is read next. */
  next: number
}

function linesOf(yaml: string): Line[] {
  const lines: Line[] = []
  for (let begin = 0; begin <= yaml.length; ) {
    const newline = yaml.indexOf('\n', begin)
    const end = newline < 0 ? yaml.length : newline
    let from = begin
    while (from < end && yaml[from] === ' ') from++
    let to = end
    while (to > from && yaml[to - 1] === ' ') to--
    if (from < to && yaml[from] !== '#') lines.push({ indent: from - begin, from, to })
    begin = end + 1
  }
  return lines
}

const isItem = ({ yaml }: Reader, { from }: Line): boolean => yaml[from] === '-' && yaml[from + 1] === ' '

function readBlock(reader: Reader, indent: number): YamlNode {
  const line = reader.lines[reader.next] ?? beyond()
  return isItem(reader, line) ? readList(reader, indent) : readMap(reader, indent)
}

function readList(reader: Reader, indent: number): YamlNode {
  const items: YamlNode[] = []
  const begin = reader.lines[reader.next]!.from
  for (
    let line = reader.lines[reader.next];
    line && line.indent === indent;
    line = reader.lines[reader.next]
  ) {
    if (!isItem(reader, line)) break
    // What follows the dash is read as if the dash were blank.
    const dash = line.from
    do line.from++
    while (reader.yaml[line.from] === ' ')
    line.indent += line.from - dash
    items.push(
      isItem(reader, line) || keyEnd(reader, line) > 0
        ? readBlock(reader, line.indent)
        : readRest(reader, line, indent),
    )
  }
  mustNotHang(reader, indent)
  return { kind: 'list', items, at: reader.at(begin) }
}

function readMap(reader: Reader, indent: number): YamlNode {
  const entries: YamlEntry[] = []
  const begin = reader.lines[reader.next]!.from
  for (
    let line = reader.lines[reader.next];
    line && line.indent === indent;
    line = reader.lines[reader.next]
  ) {
    if (isItem(reader, line)) break
    const end = keyEnd(reader, line)
    if (end === 0) beyond()
    const key = keyAt(reader, line.from, end, entries)
    line.from = end + 1
    entries.push({
      ...key,
      value: line.from === line.to ? readBelow(reader, indent) : readAfterKey(reader, line, indent),
    })
  }
  mustNotHang(reader, indent)
  return { kind: 'map', entries, at: reader.at(begin) }
}

/** A line further in than a finished block, and not within its parent, is wrong or goes on with a value. */
function mustNotHang({ lines, next }: Reader, indent: number): void {
  const line = lines[next]
  if (line !== undefined && line.indent > indent) beyond()
}

/** The block below a key. Only a list may begin right under its key. */
function readBelow(reader: Reader, indent: number): YamlNode {
  reader.next++
  const line = reader.lines[reader.next] ?? beyond()
  if (line.indent > indent || (line.indent === indent && isItem(reader, line)))
    return readBlock(reader, line.indent)
  return beyond()
}

function readAfterKey(reader: Reader, line: Line, indent: number): YamlNode {
  while (reader.yaml[line.from] === ' ') line.from++
  return readRest(reader, line, indent)
}

/** A value that is the rest of its line. A line further in would belong to it. */
function readRest(reader: Reader, line: Line, indent: number): YamlNode {
  const { yaml } = reader
  if (line.to === line.from + 1 && /[|>]/.test(yaml[line.from] ?? '')) return readText(reader, line, indent)
  const flow: Flow = { ...reader, to: line.to, place: line.from }
  const isPlain = !/['"[{]/.test(yaml[line.from] ?? '')
  const node = isPlain ? plainScalar(reader, line.from, endOfPlain(yaml, line)) : readFlow(flow)
  const rest = isPlain ? '' : yaml.slice(flow.place, line.to)
  if (rest !== '' && !/^ +#/.test(rest)) beyond()
  reader.next++
  mustNotHang(reader, indent)
  return node
}

function endOfPlain(yaml: string, { from, to }: Line): number {
  const comment = yaml.slice(from, to).search(/ +#/)
  return comment < 0 ? to : from + comment
}

/** A text below its `|` or `>`, ended by one line end. Lines that are blank or further in are left to the library. */
function readText(reader: Reader, mark: Line, indent: number): YamlScalar {
  const { yaml, lines } = reader
  const first = lines[++reader.next] ?? beyond()
  if (first.indent <= indent) beyond()
  let last = mark
  for (let line = lines[reader.next]; line && line.indent > indent; line = lines[++reader.next]) {
    const follows = yaml[last.to] === '\n' && line.from - line.indent === last.to + 1
    if (!follows || line.indent !== first.indent) beyond()
    last = line
  }
  const next = lines[reader.next]
  const end = next === undefined ? yaml.length : next.from - next.indent
  if (!/^\n+$/.test(yaml.slice(last.to, end))) beyond()
  const glue = yaml[mark.from] === '>' ? ' ' : '\n'
  const value = yaml.slice(first.from, last.to).split(/\n */).join(glue)
  const text = yaml.slice(mark.from, last.to)
  return { kind: 'scalar', value: `${value}\n`, text, plain: false, at: reader.at(mark.from) }
}
