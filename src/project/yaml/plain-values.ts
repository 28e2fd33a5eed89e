import type { Location } from '../../domain/diagnostic.js'
import type { YamlEntry, YamlNode, YamlScalar } from './tree.js'

/** The text needs the library. */
export class BeyondPlain extends Error {}

export const beyond = (): never => {
  throw new BeyondPlain()
}

/** The YAML, and the place in the file of an index into it. */
export type Text = Readonly<{ yaml: string; at: (index: number) => Location }>
const KEY = /[A-Za-z_][\w.-]*/y

/** Where a key ends, at its colon; 0 if there is none. */
export function keyEnd({ yaml }: Text, { from, to }: Readonly<{ from: number; to: number }>): number {
  KEY.lastIndex = from
  if (!KEY.test(yaml)) return 0
  const end = KEY.lastIndex
  return yaml[end] === ':' && (end + 1 === to || yaml[end + 1] === ' ') ? end : 0
}

export function keyAt(
  { yaml, at }: Text,
  from: number,
  to: number,
  before: readonly YamlEntry[],
): Omit<YamlEntry, 'value'> {
  const key = yaml.slice(from, to)
  if (WORDS.test(key) || before.some((entry) => entry.key === key)) beyond()
  return { key, keyAt: at(from) }
}

/** Values within a line: `place` is read next, `to` is the line's end. */
export type Flow = Text & { place: number; readonly to: number }

export function readFlow(flow: Flow): YamlNode {
  switch (flow.yaml[flow.place]) {
    case '{':
      return readFlowMap(flow)
    case '[':
      return readFlowList(flow)
    case "'":
    case '"':
      return readQuoted(flow)
    default:
      return readFlowPlain(flow)
  }
}

function readFlowMap(flow: Flow): YamlNode {
  const begin = flow.place
  const entries: YamlEntry[] = []
  readParts(flow, '}', () => {
    const end = keyEnd(flow, { from: flow.place, to: flow.to })
    if (end === 0) beyond()
    const key = keyAt(flow, flow.place, end, entries)
    flow.place = end + 1
    skipBlanks(flow)
    entries.push({ ...key, value: readFlow(flow) })
  })
  return { kind: 'map', entries, at: flow.at(begin) }
}

function readFlowList(flow: Flow): YamlNode {
  const begin = flow.place
  const items: YamlNode[] = []
  readParts(flow, ']', () => items.push(readFlow(flow)))
  return { kind: 'list', items, at: flow.at(begin) }
}

/** Parts with commas between them, from one bracket to the other. */
function readParts(flow: Flow, closing: string, readPart: () => unknown): void {
  flow.place++
  skipBlanks(flow)
  while (flow.yaml[flow.place] !== closing) {
    readPart()
    skipBlanks(flow)
    const after = flow.yaml[flow.place]
    if (after === closing) break
    if (after !== ',') beyond()
    flow.place++
    skipBlanks(flow)
    // A comma before the bracket is allowed, and rare.
    if (flow.yaml[flow.place] === closing) beyond()
  }
  flow.place++
}

function skipBlanks(flow: Flow): void {
  while (flow.place < flow.to && flow.yaml[flow.place] === ' ') flow.place++
  if (flow.place >= flow.to) beyond()
}

const SINGLE_QUOTED = /'((?:[^'\n]|'')*)'(?=[ ,\]}\n]|$)/y
const DOUBLE_QUOTED = /"([^"\\\n]*)"(?=[ ,\]}\n]|$)/y

function readQuoted(flow: Flow): YamlScalar {
  const pattern = flow.yaml[flow.place] === "'" ? SINGLE_QUOTED : DOUBLE_QUOTED
  pattern.lastIndex = flow.place
  const [text = beyond(), inside = ''] = pattern.exec(flow.yaml) ?? []
  const at = flow.at(flow.place)
  flow.place += text.length
  return {
    kind: 'scalar',
    value: pattern === SINGLE_QUOTED ? inside.replaceAll("''", "'") : inside,
    text,
    plain: false,
    at,
  }
}

const FLOW_PLAIN = /[^,[\]{}#\n]+/y

function readFlowPlain(flow: Flow): YamlScalar {
  FLOW_PLAIN.lastIndex = flow.place
  const [text = beyond()] = FLOW_PLAIN.exec(flow.yaml) ?? []
  const from = flow.place
  flow.place += text.length
  // Only a comma or a closing bracket ends a plain value; before anything else it may go on.
  if (!/[,\]}]/.test(flow.yaml[flow.place] ?? '')) beyond()
  return plainScalar(flow, from, from + text.trimEnd().length)
}

/** Words that mean something else than themselves, here or in other readers of YAML. */
const WORDS = /^(null|true|false|yes|no|on|off)$/i
const INTEGER = /^-?(0|[1-9]\d{0,14})$/
const DECIMAL = /^-?(0|[1-9]\d{0,9})\.\d{1,6}$/
/** Could be a number, a date or a time of some spelling. */
const NUMERIC = /^[-+.\d][-+.:\w]*$/
/** `30s`, `2days`: no spelling of a number has such letters behind its digits. */
const DURATION = /^[1-9]\d*[a-df-z]+$/

export function plainScalar({ yaml, at }: Text, from: number, to: number): YamlScalar {
  const text = yaml.slice(from, to)
  return { kind: 'scalar', value: plainValue(text), text, plain: true, at: at(from) }
}

function plainValue(text: string): YamlScalar['value'] {
  if (text === 'true' || text === 'false') return text === 'true'
  if (INTEGER.test(text) || DECIMAL.test(text)) return text === '-0' ? beyond() : Number(text)
  const isOdd = !/^[\w.+/(<=$\u00a0-\uffff]/.test(text) || /:( |$)/.test(text)
  return isOdd || WORDS.test(text) || (NUMERIC.test(text) && !DURATION.test(text)) ? beyond() : text
}
