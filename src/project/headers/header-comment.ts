import type { Report } from '../diagnostics/report.js'
import { fileDiagnostic, type HeaderLike } from '../files/diagnostics.js'
import { locate, type SourceText } from '../files/source-text.js'

/** The header's YAML and where it begins, and the rest of the file with the header blanked out. */
export type HeaderComment = Readonly<{ yaml: string; start: number; body: string }>

export type Language = 'sql' | 'typescript'

const OPENING = /\/\*\*?\s*@asset\b[ \t]*/

export const hasHeader = ({ text }: SourceText): boolean => OPENING.test(text)

/** Finds the comment that begins with @asset. Null: there is none that can be read, and it was reported. */
export function headerComment(source: SourceText, language: Language, report: Report): HeaderComment | null {
  const opening = OPENING.exec(source.text)
  if (opening === null) {
    const at = locate(source, firstCharacter(source.text))
    report(fileDiagnostic('HEADER_MISSING', { instead: insteadOfHeader(source.text) }, at))
    return null
  }
  if (source.text.slice(0, opening.index).trim() !== '')
    report(fileDiagnostic('HEADER_NOT_FIRST', undefined, locate(source, opening.index)))
  const start = opening.index + opening[0].length
  const end = language === 'sql' ? closingInSql(source.text, start) : source.text.indexOf('*/', start)
  if (end < 0) {
    report(fileDiagnostic('HEADER_NOT_CLOSED', undefined, locate(source, opening.index)))
    return null
  }
  if (language === 'typescript' && isCronStep(source.text, end)) {
    report(fileDiagnostic('HEADER_CUT', undefined, locate(source, end)))
    return null
  }
  return split(source.text, { opening: opening.index, start, end })
}

function split(text: string, at: { opening: number; start: number; end: number }): HeaderComment {
  const written = text.slice(at.start, at.end)
  const decorated =
    text.startsWith('/**', at.opening) &&
    written
      .split(/\r?\n/)
      .slice(1)
      .every((line) => /^\s*(\*|$)/.test(line))
  const yaml = decorated ? written.replace(/^([ \t]*)\*/gm, '$1 ') : written
  const header = text.slice(at.opening, at.end + 2)
  return { yaml, start: at.start, body: text.slice(0, at.opening) + blank(header) + text.slice(at.end + 2) }
}

/** Spaces in place of everything but line ends: what follows keeps its line and column. */
const blank = (text: string): string => text.replace(/[^\r\n]+/g, (line) => ' '.repeat(line.length))

/**
 * Index of the comment's end. The engine never sees the header, so it may hold what else would end a comment:
 * a cron step (`0/15` with a star for the 0), and anything in quotes on one line.
 */
function closingInSql(text: string, start: number): number {
  let quote: string | null = null
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '\n' || char === '\r') quote = null
    else if (quote !== null) quote = char === quote ? null : quote
    else if (opensQuote(text, at)) quote = char
    else if (text.startsWith('*/', at) && !isCronStep(text, at)) return at
  }
  return -1
}

/** A quote opens only where a value may begin, and only if it is closed on the same line. */
function opensQuote(text: string, at: number): boolean {
  const char = text.charAt(at)
  if ((char !== "'" && char !== '"') || !/[\s[{,:]/.test(text.charAt(at - 1))) return false
  const line = /^[^\r\n]*/.exec(text.slice(at + 1))?.[0] ?? ''
  return line.includes(char)
}

const isCronStep = (text: string, at: number): boolean => /\d/.test(text.charAt(at + 2))

/** What stands where the header should, if it looks as if one was meant. */
function insteadOfHeader(text: string): HeaderLike {
  if (/^\s*(--|\/\/)[^\n]*@asset\b/i.test(text)) return 'lines'
  return /^\s*\/\*\*?\s*@\w+/.test(text) ? 'misspelled' : 'nothing'
}

const firstCharacter = (text: string): number => Math.max(0, text.search(/\S/))
