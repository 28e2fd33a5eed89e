import { type InputOptions, InputRefused } from '../../adapters/runtimes/runtime.js'
import { MillraceError } from '../../base/errors.js'
import type { AssetName } from '../../domain/asset.js'
import { didYouMean } from '../../project/diagnostics/nearest.js'
import { quoteQualified } from '../../sql/quote.js'
import type { RunContext } from '../context.js'

/**
 * Writes the rows that an author's code asks for, as files.
 * @throws InputRefused where the input has no such columns, or no event time to pick an interval by.
 */
export async function writeInput(
  name: AssetName,
  options: InputOptions,
  folder: string,
  context: RunContext,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { columns, orderBy, interval } = options
  const range = interval && { column: timeColumn(name, context), interval }
  try {
    return await context.workspace.writeInput(
      {
        asset: name,
        folder,
        ...(columns && { columns }),
        ...(orderBy && { orderBy }),
        ...(range && { range }),
      },
      signal,
    )
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'ENGINE_STATEMENT_FAILED') throw error
    throw (await unknownColumn(name, options, context, signal)) ?? error
  }
}

function timeColumn(name: AssetName, { assets }: RunContext): string {
  const column = assets.get(name)?.time?.column
  if (column !== undefined) return column
  const hint = `Give ${name} a time: in its header, or read it without interval:.`
  throw new InputRefused(name, 'it has no time column by which rows of an interval could be picked', hint)
}

/** Asked only once something went wrong: the columns of an input are a statement of their own. */
async function unknownColumn(
  name: AssetName,
  { columns = [], orderBy = [] }: InputOptions,
  { workspace }: RunContext,
  signal: AbortSignal,
): Promise<InputRefused | null> {
  const sql = `select * from ${quoteQualified(name)} limit 0`
  const found = await workspace.scan({ names: {}, sql, parameters: {} }, signal)
  const known = found.columns.map((column) => column.name)
  const lower = new Set(known.map((column) => column.toLowerCase()))
  const missing = [...columns, ...orderBy].find((column) => !lower.has(column.toLowerCase()))
  if (missing === undefined) return null
  return new InputRefused(name, `it has no column ${missing}`, didYouMean(missing, known, 'Choose another.'))
}
