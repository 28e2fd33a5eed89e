import type { Finding } from '../../app/finding.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import { alignTable, type Terminal } from '../output/terminal.js'

export function doctor(context: CommandContext): Promise<number> {
  const { terminal, options } = context
  return withApi(context, async (api) => {
    const findings = await api.doctor()
    terminal.out(options.json ? JSON.stringify({ findings }) : findingLines(findings, terminal).join('\n'))
    return findings.some(({ status }) => status === 'problem') ? EXIT.failed : EXIT.done
  })
}

function findingLines(findings: readonly Finding[], { paint }: Terminal): string[] {
  const colour = { ok: paint.green, warning: paint.yellow, problem: paint.red }
  const rows = findings.map(({ topic, status, detail, hint }) => [
    colour[status](status),
    paint.bold(topic),
    hint ? `${detail}. ${hint}` : detail,
  ])
  return alignTable(rows)
}
