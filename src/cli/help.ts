import { type Command, Help } from 'commander'

/** One line each: what is typed most. Keys are the words of the command. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  init: ['millrace init shop && cd shop && millrace run'],
  serve: ['millrace serve --port 4510'],
  plan: ['millrace plan --select "+marts.status tag:daily"'],
  run: [
    'millrace run --select staging.readings+',
    'millrace run --select marts.hourly --start 2026-03-01 --end 2026-03-08',
  ],
  check: ['millrace check marts.status --rows', 'millrace check --delivered'],
  query: ['millrace query "select * from marts.status limit 5" --json'],
  report: ['millrace report weekly --tenant acme --period 2026-W10 --out ./pages'],
  status: ['millrace status --project ../shop'],
  lineage: ['millrace lineage marts.status'],
  alerts: ['millrace alerts --asset marts.status', 'millrace alerts ack 12 --note "a bad batch"'],
  'alerts show': ['millrace alerts show 12'],
  'alerts ack': ['millrace alerts ack 12 --note "a bad batch" --by Ana'],
  'alerts silence': ["millrace alerts silence 'marts.*' --for 2h --reason maintenance"],
  'alerts unsilence': ['millrace alerts unsilence 3'],
  'alerts silences': ['millrace alerts silences'],
  types: ['millrace types'],
  doctor: ['millrace doctor'],
}

/** Help of a command: what commander says of it, the options of all commands in a line, and an example. */
export function formatHelp(command: Command, helper: Help): string {
  if (command.parent === null) return rootHelp(command)
  const words = wordsOf(command)
  return [
    new Help().formatHelp.call(helper, command, helper).trimEnd(),
    '',
    'As every command: --project <dir>, --env <name>, --json',
    '',
    ...(EXAMPLES[words] ?? []).map((line) => `Example: ${line}`),
    '',
  ].join('\n')
}

function wordsOf(command: Command): string {
  const { parent } = command
  return parent?.parent ? `${wordsOf(parent)} ${command.name()}` : command.name()
}

/** All of it fits a screen of 24 lines by 80. */
function rootHelp(program: Command): string {
  const width = Math.max(...program.commands.map((command) => termOf(command).length))
  const commands = program.commands.map(
    (command) => `  ${termOf(command).padEnd(width)}  ${command.description()}`,
  )
  return `Usage: millrace <command> [options]

${commands.join('\n')}

  --project <dir>  folder of the project, or any below it; else where you are
  --env <name>     environment; prod is the only one so far
  --json           one JSON document on stdout, progress on stderr
  --version        print the version

Example: millrace init shop && cd shop && millrace run && millrace status
Options and an example of a command: millrace run --help
Exit codes: 0 done · 1 a step failed · 2 wrong usage or project · 3 held back
`
}

const termOf = (command: Command): string =>
  [
    command.name(),
    ...command.registeredArguments.map((argument) =>
      argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
    ),
  ].join(' ')
