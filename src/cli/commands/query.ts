import { requireRowLimit } from '../../app/query-limit.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import { plural } from '../output/numbers.js'
import { alignTable } from '../output/terminal.js'

export type QueryOptions = Readonly<{ limit?: string }>

const DEFAULT_ROWS = 1000

export async function query(context: CommandContext, sql: string, options: QueryOptions): Promise<number> {
  const { terminal, options: global } = context
  const maxRows = Number(options.limit ?? DEFAULT_ROWS)
  requireRowLimit(maxRows)
  return withApi(context, async (api, signal) => {
    const result = await api.query({ sql, maxRows }, signal)
    if (global.json) {
      terminal.out(
        JSON.stringify({ columns: result.columns, rows: result.rows, truncated: result.truncated }),
      )
      return EXIT.done
    }
    const numeric = new Set(
      result.rows[0]?.flatMap((value, at) => (typeof value === 'number' ? [at] : [])) ?? [],
    )
    const cells = result.rows.map((row) => row.map(cellText))
    for (const line of alignTable(
      [result.columns.map(({ name }) => terminal.paint.bold(name)), ...cells],
      numeric,
    ))
      terminal.out(line)
    const more = result.truncated ? `; there are more, see them with --limit` : ''
    terminal.note(terminal.paint.dim(`${plural(result.rows.length, 'row')}${more}`))
    return EXIT.done
  })
}

function cellText(value: unknown): string {
  if (value === null) return 'NULL'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
