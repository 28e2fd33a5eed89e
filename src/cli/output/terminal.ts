import picocolors from 'picocolors'

/** Where a command prints. stdout carries the result, stderr what happens on the way. */
export interface Terminal {
  out(text: string): void
  note(text: string): void
  /** True if stderr can be redrawn. */
  readonly live: boolean
  readonly columns: number
  readonly paint: ReturnType<typeof picocolors.createColors>
}

export function createTerminal(streams: {
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  env: Readonly<Record<string, string | undefined>>
}): Terminal {
  const { stdout, stderr, env } = streams
  const plain = env.NO_COLOR !== undefined && env.NO_COLOR !== ''
  // Whoever reads has heard enough (`| head`): the rest is said to nobody, and the work goes on to its end.
  for (const stream of [stdout, stderr]) stream.on('error', ignoreClosed)
  const live = stderr.isTTY === true && env.TERM !== 'dumb' && env.CI === undefined
  return {
    out: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    live,
    // A terminal that does not know its width says 0.
    columns: stderr.columns || 100,
    paint: picocolors.createColors(!plain && (live || env.FORCE_COLOR !== undefined)),
  }
}

function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/** Rows as aligned columns; numbers to the right where `right` says so. Widths count visible characters. */
export function alignTable(
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, visibleLength(cell))
  }
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const space = ' '.repeat(widths[at]! - visibleLength(cell))
        return right.has(at) ? space + cell : cell + space
      })
      .join('  ')
      .trimEnd(),
  )
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with an escape character
const COLOUR = /\u001b\[[0-9;]*m/g

export const visibleLength = (text: string): number => [...text.replace(COLOUR, '')].length

/** A value's text in a cell: what would break the table, or tell the terminal something, is written out. */
export const printable = (text: string): string =>
  text.replace(CONTROL, (character) => ESCAPES[character] ?? escaped(character))

/** Control characters, and the separators of lines and paragraphs. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Cuts a line to the terminal's width so that a redraw never wraps. */
export function cutTo(text: string, columns: number): string {
  return visibleLength(text) < columns
    ? text
    : `${[...text.replace(COLOUR, '')].slice(0, columns - 2).join('')}…`
}
