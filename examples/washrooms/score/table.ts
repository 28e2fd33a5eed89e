import { readFile, writeFile } from 'node:fs/promises'
import { DAY } from '../fleet/settings.js'
import type { Score, ScoreLine } from './score.js'

const BEGIN = '<!-- scores: begin -->'
const END = '<!-- scores: end -->'

/** A score as a Markdown table, with what it was measured on. */
export function scoreTable({ settings, readings, lines }: Score): string {
  const days = Math.round((settings.until - settings.from) / DAY)
  const from = new Date(settings.from).toISOString().slice(0, 10)
  const rows = lines.map(
    (line) => `| ${line.what} | ${line.measure} | ${figure(line.ours, line)} | ${figure(line.naive, line)} |`,
  )
  return [
    `Seed ${settings.seed}, ${readings.toLocaleString('en')} readings of ${days} days from ${from}.`,
    '',
    '| result | measure | Millrace | naive |',
    '|---|---|---:|---:|',
    ...rows,
  ].join('\n')
}

function figure(value: number | null, { unit }: ScoreLine): string {
  if (value === null) return '–'
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  const number = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return unit === '' || unit === 'visits' ? number : `${number} ${unit}`
}

/** Puts the table between the markers of a document, leaving the rest as it is. */
export async function writeScoreInto(document: string, score: Score): Promise<void> {
  const text = await readFile(document, 'utf8')
  const begin = text.indexOf(BEGIN)
  const end = text.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`${document} has no "${BEGIN}" … "${END}" to write between.`)
  await writeFile(
    document,
    `${text.slice(0, begin + BEGIN.length)}\n${scoreTable(score)}\n${text.slice(end)}`,
  )
}
