import MarkdownIt from 'markdown-it'
import type { Location } from '../../domain/diagnostic.js'
import type { Report as Told } from '../../project/diagnostics/report.js'
import { locate, type SourceText } from '../../project/files/source-text.js'
import { reportDiagnostic } from '../diagnostics.js'

export const BLOCK_KINDS = ['sql', 'chart', 'table', 'value'] as const
export type BlockKind = (typeof BLOCK_KINDS)[number]

/** A fenced block that means something, with its place in the file. */
export type Fence = Readonly<{
  kind: BlockKind
  /** Words behind the kind: `traffic`, `bar`. */
  words: string
  text: string
  /** Index of the text in the file. */
  start: number
  /** The line of the opening fence. */
  at: Location
  /** First and last line, from 0, of the whole block in the file. */
  lines: readonly [number, number]
}>

/** Raw HTML stays text, so that nothing of a page comes from elsewhere. */
export const createMarkdown = () =>
  MarkdownIt({ html: false, linkify: false, typographer: true, quotes: '“”‘’' })

/** Languages that are shown as they are. */
const SHOWN = new Set(['text', 'txt', 'json', 'yaml', 'csv'])

/**
 * The fenced blocks of a report, in order. `bodyLine` is the first line of the body, from 0. Fences in another
 * language than ours are shown as they are where they are plain; what looks like a slip is reported.
 */
export function readFences(source: SourceText, body: number, report: Told): Fence[] {
  const bodyLine = locate(source, body).line - 1
  const tokens = createMarkdown().parse(source.text.slice(body), {})
  const fences: Fence[] = []
  for (const token of tokens) {
    if (token.type !== 'fence' || token.map === null) continue
    const [kind = '', ...words] = token.info.trim().split(/\s+/)
    if (kind === '' || SHOWN.has(kind)) continue
    const first = bodyLine + token.map[0]
    const last = bodyLine + token.map[1] - 1
    const at = placeOf(source, first)
    const known = BLOCK_KINDS.find((each) => each === kind)
    if (known === undefined) {
      report(reportDiagnostic('REPORT_BLOCK_UNKNOWN', { name: kind, known: BLOCK_KINDS }, at))
      continue
    }
    if (token.level > 0 || /^\s/.test(lineOf(source, first))) {
      report(reportDiagnostic('REPORT_BLOCK_NESTED', { kind }, at))
      continue
    }
    if (last <= first || !lineOf(source, last).trimStart().startsWith(token.markup)) {
      report(reportDiagnostic('REPORT_BLOCK_OPEN', { kind }, at))
      continue
    }
    const start = source.lineStarts[first + 1] ?? source.text.length
    const text = source.text.slice(start, source.lineStarts[last] ?? source.text.length)
    fences.push({ kind: known, words: words.join(' '), text, start, at, lines: [first, last] })
  }
  return fences
}

const lineOf = (source: SourceText, line: number): string =>
  source.text.slice(source.lineStarts[line], source.lineStarts[line + 1] ?? source.text.length)

function placeOf(source: SourceText, line: number): Location {
  const index = source.lineStarts[line] ?? 0
  return locate(source, index + lineOf(source, line).search(/\S|$/))
}
