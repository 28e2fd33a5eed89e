import type { Language } from './tokens.js'

/**
 * First and last line, from 1, of the `/* @asset` comment a file begins with; null where the whole file is header
 * (YAML) or none is found. A cron pattern in the header may hold what ends a comment, so only an end at the end of
 * its line counts.
 */
export function headerLines(code: string, language: Language): readonly [number, number] | null {
  if (language === 'yaml') return null
  const lines = code.split(/\r\n?|\n/)
  const first = lines.findIndex((line) => line.trim() !== '')
  if (first < 0 || !/^\s*\/\*\*?\s*@asset\b/.test(lines[first]!)) return null
  const last = lines.findIndex((line, index) => index >= first && /\*\/\s*$/.test(line))
  return last > first ? [first + 1, last + 1] : null
}
