import { writeTypes } from '../../app/write-types.js'
import { type CommandContext, withSession } from '../context.js'
import { EXIT } from '../exit-code.js'

export function types(context: CommandContext): Promise<number> {
  const { terminal, options } = context
  return withSession(context, async (session) => {
    const files = await writeTypes(session)
    if (options.json) terminal.out(JSON.stringify({ files }))
    else for (const file of files) terminal.out(`Wrote ${file}`)
    return EXIT.done
  })
}
