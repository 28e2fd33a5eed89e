import { requireRowLimit } from '../../app/query-limit.js'
import type { Json } from '../../base/json.js'
import type { Column } from '../../domain/column.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import { plural } from '../output/numbers.js'
import { alignTable, printable, type Terminal } from '../output/terminal.js'

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
    const cells = result.rows.map((row) => row.map((value) => cellText(value, terminal)))
    const names = result.columns.map(({ name }) => terminal.paint.bold(printable(name)))
    for (const line of alignTable([names, ...cells], numericColumns(result.columns))) terminal.out(line)
    const more = result.truncated ? `; there are more, see them with --limit` : ''
    terminal.note(terminal.paint.dim(`${plural(result.rows.length, 'row')}${more}`))
    return EXIT.done
  })
}

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|BIGNUM|DECIMAL\([0-9,]+\))$/

/** Numbers stand to the right, those too that JSON has to carry as text. */
const numericColumns = (columns: readonly Column[]): ReadonlySet<number> =>
  new Set(columns.flatMap(({ type }, at) => (NUMERIC.test(type) ? [at] : [])))

function cellText(value: Json, { paint }: Terminal): string {
  if (value === null) return paint.dim('NULL')
  return printable(typeof value === 'object' ? JSON.stringify(value) : String(value))
}
