import type { Api } from '../../app/api/api.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import { planLines } from '../output/plan.js'

export type PlanOptions = Readonly<{ select?: string; full?: boolean; start?: string; end?: string }>

export function plan(context: CommandContext, options: PlanOptions): Promise<number> {
  const { terminal, options: global } = context
  const show = async (api: Api) => {
    const made = await api.plan({
      select: options.select ?? null,
      full: options.full ?? false,
      start: options.start ?? null,
      end: options.end ?? null,
    })
    terminal.out(global.json ? JSON.stringify(made) : planLines(made, terminal).join('\n'))
    return EXIT.done
  }
  return withApi(context, show, { filesAsTheyAre: true })
}
