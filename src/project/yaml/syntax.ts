// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is shown as it is to be written.
import type { YAMLError } from 'yaml'
import type { Diagnostic } from '../../domain/diagnostic.js'
import { locate, type SourceText } from '../files/source-text.js'
import { yamlDiagnostic } from './diagnostics.js'

/** Turns what the YAML parser says into words for people. `start` is where the YAML begins in the file. */
export function yamlSyntax(error: YAMLError, source: SourceText, start: number): Diagnostic {
  const index = start + error.pos[0]
  const at = locate(source, index)
  const line = lineOf(source, index)
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return yamlDiagnostic('YAML_TAB', undefined, at)
    case 'DUPLICATE_KEY':
      return yamlDiagnostic('YAML_DUPLICATE_KEY', { key: wordAt(source.text, index) }, at)
    case 'BAD_DQ_ESCAPE':
      return yamlDiagnostic('YAML_BACKSLASH', { escape: source.text.slice(index, index + 2) }, at)
    default:
      return yamlDiagnostic('YAML_SYNTAX', words(error, line), at)
  }
}

/** Broken YAML makes the parser stumble several times over one mistake; the first stumble of a line is enough. */
export function firstOfEachLine(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics.filter(({ file, line }) => {
    const key = `${file}:${line}`
    return !seen.has(key) && seen.add(key)
  })
}

function words(error: YAMLError, line: string): { detail: string; hint: string } {
  if (/:\s*\*/.test(line))
    return {
      detail: 'A value that begins with * is an alias in YAML.',
      hint: "Quote it: schedule: '*/5 * * * *'.",
    }
  if (/\$\{/.test(line) && /[{[]/.test(line.replace(/\$\{/g, '')))
    return {
      detail: 'Inside { } and [ ] a ${…} without quotes ends the value.',
      hint: 'Quote it: { url: "${APP_DATABASE_URL}" }.',
    }
  switch (error.code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        detail: 'This value holds a colon and a space, or the next line is indented too far.',
        hint: 'Quote a text that has ": " in it; put fields of one map in the same column.',
      }
    case 'BAD_SCALAR_START':
      return {
        detail: `A value cannot begin with ${error.message.slice(-1)} here.`,
        hint: 'Quote the value.',
      }
    case 'MISSING_CHAR':
      return missing(error)
    case 'BAD_INDENT':
      return {
        detail: 'This line is not indented like its neighbours, or a bracket before it was not closed.',
        hint: 'Put fields of one map in the same column, and close every [ and {.',
      }
    case 'MULTIPLE_DOCS':
      return { detail: 'A line of --- begins a second document.', hint: 'Remove the --- line.' }
    default:
      return {
        detail: `This is not valid YAML: ${lowerFirst(error.message)}.`,
        hint: 'Quote texts that hold : # { } [ ] , & * ! | > \' " % @ or `.',
      }
  }
}

function missing(error: YAMLError): { detail: string; hint: string } {
  return /quote/.test(error.message)
    ? { detail: 'A quote is opened here and never closed.', hint: 'Close it on the same line.' }
    : { detail: 'This line is no "field: value".', hint: 'Put a colon and a space after the field’s name.' }
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

const wordAt = (text: string, index: number): string => /^[^\s:,{}[\]]+/.exec(text.slice(index))?.[0] ?? ''

function lineOf({ text }: SourceText, index: number): string {
  const begin = text.slice(0, index).search(/[^\r\n]*$/)
  return /^[^\r\n]*/.exec(text.slice(begin))?.[0] ?? ''
}
