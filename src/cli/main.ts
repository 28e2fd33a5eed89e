import { Command, CommanderError } from 'commander'
import { millraceVersion } from '../base/version.js'
import type { CommandContext, GlobalOptions } from './context.js'
import { EXIT } from './exit-code.js'
import { reportFailure } from './failure.js'
import { formatHelp } from './help.js'
import { createTerminal } from './output/terminal.js'
import { usageError } from './usage.js'

type Work = (context: CommandContext) => Promise<number>

/** Parses the words and runs the command. Sets the exit code; never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = createTerminal({ stdout: process.stdout, stderr: process.stderr, env: process.env })
  const program = build((work) => async (...args: unknown[]) => {
    const command = args.at(-1) as Command
    // commander collects the options of a command and its parents as plain text and flags.
    const options = command.optsWithGlobals() as GlobalOptions
    const words = ['millrace', ...argv.slice(2)].join(' ')
    const context: CommandContext = {
      terminal,
      options: { ...options, json: options.json ?? false },
      env: process.env,
      words,
    }
    try {
      process.exitCode = await work(...args)(context)
    } catch (error) {
      process.exitCode = reportFailure(error, terminal, context.options.json)
    }
  })
  try {
    await program.parseAsync(argv as string[])
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const problem = error.exitCode === 0 ? null : usageError(error)
    process.exitCode = problem ? reportFailure(problem, terminal, asksForJson(argv)) : EXIT.done
  }
}

/** The words were not understood, so what they ask for is looked up in them. */
const asksForJson = (argv: readonly string[]): boolean => {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json')
}

type Bind = (work: (...args: never[]) => Work) => (...args: unknown[]) => Promise<void>

function build(
  action: (work: (...args: unknown[]) => Work) => (...args: unknown[]) => Promise<void>,
): Command {
  // A command's arguments come from commander in the order they were declared; each line below knows its own.
  const bind = action as Bind
  const program = new Command('millrace')
  program
    .description('From a data scientist’s algorithm to checked, released and delivered rows.')
    .option('--project <dir>', 'folder of the project, or any below it', '.')
    .option('--env <name>', 'environment', 'prod')
    .option('--json', 'one JSON document on stdout, progress on stderr')
    .version(millraceVersion(), '--version', 'print the version')
    .helpCommand(false)
    .configureHelp({ formatHelp })
    // What is wrong with the words is told by `main`, as text or as JSON.
    .configureOutput({ outputError: () => {} })
    .exitOverride()

  program
    .command('init <dir>')
    .description('make a small working project')
    .action(bind((dir: string) => async (context) => (await import('./commands/init.js')).init(context, dir)))
  program
    .command('serve')
    .description('keep the project open: schedules, API, console, until Ctrl-C')
    .option('--port <port>', 'port to listen on; 4510 or the next free one if left out')
    .option('--host <address>', 'address to listen on; loopback if left out')
    .option('--runs <count>', 'runs that may go side by side; 4 if left out')
    .option(
      '--allow-host <name>',
      'name that requests may be sent to besides loopback; may be repeated',
      collect,
    )
    .action(
      bind(
        (options: object) => async (context) => (await import('./commands/serve.js')).serve(context, options),
      ),
    )
  planning(
    program.command('plan').description('what would be built, checked, released, delivered, and why'),
  ).action(
    bind((options: object) => async (context) => (await import('./commands/plan.js')).plan(context, options)),
  )
  planning(program.command('run').description('build, check, release and deliver'))
    .option('--dry-run', 'print the plan and stop')
    .option('--accept <checks>', 'let these failing checks pass once')
    .option('--cancel <run>', 'cancel a run that goes on in the server, and start none')
    .action(
      bind((options: object) => async (context) => (await import('./commands/run.js')).run(context, options)),
    )
  program
    .command('check [assets]')
    .description('judge released rows, or compare delivered tables with them')
    .option('--rows', 'show the sample rows of checks that failed in the last run')
    .option('--delivered', 'compare delivered tables with the release')
    .option('--repair', 'deliver again where they differ')
    .action(
      bind(
        (assets: string | undefined, options: object) => async (context) =>
          (await import('./commands/check.js')).check(context, assets, options),
      ),
    )
  program
    .command('query <sql>')
    .description('run a SELECT on released rows')
    .option('--limit <rows>', 'most rows to print', '1000')
    .action(
      bind(
        (sql: string, options: object) => async (context) =>
          (await import('./commands/query.js')).query(context, sql, options),
      ),
    )
  program
    .command('report [name]')
    .description('make a report for each tenant; without a name, list reports')
    .option('--tenant <id>', 'one tenant only')
    .option('--period <label>', 'for example 2024-W05 or 2024-02; else the last that is over')
    .option('--out <dir>', 'folder to write to, instead of .millrace/reports')
    .action(
      bind(
        (name: string | undefined, options: object) => async (context) =>
          (await import('./commands/report.js')).report(context, name, options),
      ),
    )
  program
    .command('status')
    .description('what readers see now, and how each asset last ran')
    .action(bind(() => async (context) => (await import('./commands/status.js')).status(context)))
  program
    .command('lineage [asset]')
    .description('who reads whom')
    .action(
      bind(
        (asset: string | undefined) => async (context) =>
          (await import('./commands/lineage.js')).lineage(context, asset),
      ),
    )
  alertCommands(program, bind)
  program
    .command('types')
    .description('write the types of all rows for TypeScript assets')
    .action(bind(() => async (context) => (await import('./commands/types.js')).types(context)))
  program
    .command('doctor')
    .description('look for what could be wrong with machine, state, connections')
    .action(bind(() => async (context) => (await import('./commands/doctor.js')).doctor(context)))
  return program
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

function alertCommands(program: Command, bind: Bind): void {
  const alerts = program
    .command('alerts')
    .description('what is wrong, and who looks after it')
    .option('--all', 'resolved ones too')
    .option('--asset <name>', 'of one asset')
    .option('--limit <alerts>', 'most alerts to print', '200')
    .action(
      bind(
        (options: object) => async (context) => (await import('./commands/alerts.js')).list(context, options),
      ),
    )
  alerts
    .command('show <alert>')
    .description('one alert: its life, what it caused, whom it was sent to')
    .action(
      bind((alert: string) => async (context) => (await import('./commands/alerts.js')).show(context, alert)),
    )
  alerts
    .command('ack <alert>')
    .description('say that you look after it')
    .option('--note <text>', 'what you know or do', '')
    .option('--by <name>', 'your name')
    .action(
      bind(
        (alert: string, options: object) => async (context) =>
          (await import('./commands/alerts.js')).ack(context, alert, options),
      ),
    )
  alerts
    .command('silence <assets>')
    .description('send nothing about assets that match, for a while')
    .requiredOption('--for <duration>', 'how long: 2h, 30 min, 1 day')
    .option('--kind <kind>', 'only alerts of this kind')
    .option('--reason <text>', 'why', '')
    .option('--by <name>', 'your name')
    .action(
      bind(
        (assets: string, options: object) => async (context) =>
          (await import('./commands/alerts.js')).silence(context, assets, options),
      ),
    )
  alerts
    .command('unsilence <silence>')
    .description('end a silence')
    .action(
      bind(
        (silence: string) => async (context) =>
          (await import('./commands/alerts.js')).unsilence(context, silence),
      ),
    )
  alerts
    .command('silences')
    .description('silences in force')
    .action(bind(() => async (context) => (await import('./commands/alerts.js')).silences(context)))
}

function planning(command: Command): Command {
  return command
    .option(
      '--select <assets>',
      'names, patterns, tags; + adds what they read or what reads them: "+marts.status tag:daily"',
    )
    .option('--full', 'build everything anew')
    .option('--start <time>', 'first event time to build, in the project’s time zone')
    .option('--end <time>', 'event time to stop before')
}
