import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import { lineageLines } from '../output/lineage.js'

export function lineage(context: CommandContext, asset: string | undefined): Promise<number> {
  const { terminal, options } = context
  return withApi(context, async (api) => {
    const found = await api.lineage({ focus: asset ?? null, depth: null })
    terminal.out(options.json ? JSON.stringify(found) : lineageLines(found, terminal).join('\n'))
    return EXIT.done
  })
}
