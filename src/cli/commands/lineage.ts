import type { Lineage, LineageNode } from '../../app/project-lineage.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import type { Terminal } from '../output/terminal.js'

export function lineage(context: CommandContext, asset: string | undefined): Promise<number> {
  const { terminal, options } = context
  return withApi(context, async (api) => {
    const found = await api.lineage({ focus: asset ?? null, depth: null })
    terminal.out(options.json ? JSON.stringify(found) : lineageLines(found, terminal).join('\n'))
    return EXIT.done
  })
}

/** Top down: each asset with what it reads and where it goes, indented by its depth. */
function lineageLines({ nodes, focus }: Lineage, { paint }: Terminal): string[] {
  const depth = new Map<string, number>()
  return nodes.map((node) => {
    const level = Math.max(-1, ...node.inputs.map((input) => depth.get(input) ?? -1)) + 1
    depth.set(node.asset, level)
    const name = node.asset === focus ? paint.inverse(node.asset) : paint.bold(node.asset)
    return `${'  '.repeat(level)}${name}${paint.dim(edges(node))}`
  })
}

function edges({ inputs, upstream, deliveries }: LineageNode): string {
  const from = upstream ?? inputs.join(', ')
  const to = deliveries.map((delivery) => delivery.slice(delivery.indexOf('>') + 1)).join(', ')
  return `${from ? `  ← ${from}` : ''}${to ? `  → ${to}` : ''}`
}
