import type { Api } from '../../app/api/api.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'

export function types(context: CommandContext): Promise<number> {
  const { terminal, options } = context
  const write = async (api: Api) => {
    const files = await api.types()
    if (options.json) terminal.out(JSON.stringify({ files }))
    else for (const file of files) terminal.out(`Wrote ${file}`)
    return EXIT.done
  }
  return withApi(context, write, { filesAsTheyAre: true })
}
