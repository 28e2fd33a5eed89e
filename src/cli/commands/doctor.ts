import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { examineMachine } from '../../app/examine-machine.js'
import type { Finding } from '../../app/finding.js'
import { diagnosticsOf } from '../../app/project-diagnostics.js'
import { inOneLine, MillraceError } from '../../base/errors.js'
import { type CommandContext, withApi } from '../context.js'
import { EXIT } from '../exit-code.js'
import { diagnosticLines } from '../output/diagnostics.js'
import { alignTable, type Terminal } from '../output/terminal.js'

export async function doctor(context: CommandContext): Promise<number> {
  try {
    return await withApi(context, async (api) => {
      const findings = await api.doctor()
      show(findings, context)
      return findings.some(({ status }) => status === 'problem') ? EXIT.failed : EXIT.done
    })
  } catch (error) {
    if (!(error instanceof MillraceError) || !WITHOUT_PROJECT.has(error.code)) throw error
    return examineWithout(error, context)
  }
}

/** What keeps a project from being opened. The machine can be looked at all the same. */
const WITHOUT_PROJECT: ReadonlySet<string> = new Set(['PROJECT_NOT_FOUND', 'PROJECT_INVALID'])

async function examineWithout(error: MillraceError, context: CommandContext): Promise<number> {
  const { terminal, env, options } = context
  const platform = `${process.platform}-${process.arch}`
  const facts = { node: process.version, platform, threadPool: env.UV_THREADPOOL_SIZE }
  const folder = resolve(options.project)
  const machine = await examineMachine(facts, existsSync(folder) ? folder : '.')
  const project: Finding = {
    topic: 'project',
    status: 'problem',
    detail: error.message,
    hint: error.hint ?? '',
  }
  const diagnostics = diagnosticsOf(error)
  if (options.json) {
    const told = { code: error.code, message: error.message, hint: error.hint ?? '' }
    terminal.out(JSON.stringify({ error: told, findings: [...machine, project], diagnostics }))
  } else {
    show([...machine, project], context)
    for (const diagnostic of diagnostics)
      for (const line of diagnosticLines(diagnostic, terminal)) terminal.note(line)
  }
  return EXIT.usage
}

function show(findings: readonly Finding[], { terminal, options }: CommandContext): void {
  terminal.out(options.json ? JSON.stringify({ findings }) : findingLines(findings, terminal).join('\n'))
}

function findingLines(findings: readonly Finding[], { paint }: Terminal): string[] {
  const colour = { ok: paint.green, warning: paint.yellow, problem: paint.red }
  const rows = findings.map(({ topic, status, detail, hint }) => [
    colour[status](status),
    paint.bold(topic),
    inOneLine(detail, hint),
  ])
  return alignTable(rows)
}
