import { CATCH_UPS, type CatchUp, type Schedule } from '../../domain/schedule.js'
import { object, optional, shortOr } from '../shapes/composite-shape.js'
import { cronMistake, isCronLike, NICKNAMES } from '../shapes/cron.js'
import { fieldDiagnostic } from '../shapes/diagnostics.js'
import { choice, located, type Shape, text } from '../shapes/shape.js'

const EXAMPLE = "'*/15 * * * *'"
/** What a tick missed while nothing ran becomes, unless the header says otherwise. */
const DEFAULT_CATCH_UP: CatchUp = 'latest'
const WORDS = ['upstream', 'never'] as const

const cron = (pattern: string, catchUp: CatchUp = DEFAULT_CATCH_UP): Schedule => ({
  kind: 'cron',
  pattern: pattern.trim(),
  catchUp,
})

export const cronPattern: Shape<string> = {
  schema: { type: 'string' },
  label: 'a cron pattern',
  example: EXAMPLE,
  read: (node, reading) => {
    const written = text('a cron pattern', EXAMPLE).read(node, reading)
    const detail = written === undefined ? null : cronMistake(written)
    if (written === undefined || detail === null) return written
    reading.report(fieldDiagnostic('SCHEDULE_INVALID', { text: written, detail }, node.at))
    return undefined
  },
}

/** A cron pattern, or one of the words that stand for other schedules. */
const short: Shape<Schedule> = {
  schema: { type: 'string', examples: ['*/15 * * * *', ...WORDS] },
  label: 'a cron pattern, upstream or never',
  example: EXAMPLE,
  read: (node, reading) => {
    const written = text('a schedule', EXAMPLE).read(node, reading)
    if (written === undefined) return undefined
    const word = WORDS.find((known) => known === written.trim())
    if (word !== undefined) return { kind: word }
    if (!isCronLike(written)) {
      const known = [...WORDS, ...NICKNAMES]
      reading.report(fieldDiagnostic('SCHEDULE_UNKNOWN', { text: written, known }, node.at))
      return undefined
    }
    const found = cronPattern.read(node, reading)
    return found === undefined ? undefined : cron(found)
  },
}

const fields = object(
  {
    cron: optional(cronPattern, 'Pattern of five fields, or six with seconds first.'),
    catch_up: optional(
      located(choice(CATCH_UPS)),
      'Ticks missed while nothing ran: one run for all of them (latest), one run each, oldest first (all), or none.',
      DEFAULT_CATCH_UP,
    ),
    on: optional(choice(['upstream'] as const), 'Whenever something it reads is released, in that same run.'),
  },
  {
    what: 'the schedule',
    example: "{ cron: '0 6 * * *', catch_up: all }",
    misplaced: {
      timezone: 'Patterns are in the project’s time zone: timezone: in millrace.yaml.',
      at: 'It is called cron.',
    },
  },
)

const long: Shape<Schedule> = {
  ...fields,
  read: (node, reading) => {
    const read = fields.read(node, reading)
    // A field that was read in vain was reported; nothing more can be said of the whole.
    if (read === undefined || node.kind !== 'map' || node.entries.length > Object.keys(read).length)
      return undefined
    if (read.cron !== undefined && read.on !== undefined) {
      reading.report(fieldDiagnostic('SCHEDULE_TWO_WAYS', undefined, node.at))
      return undefined
    }
    if (read.on !== undefined) {
      if (read.catch_up)
        reading.report(fieldDiagnostic('SCHEDULE_CATCH_UP_STRAY', undefined, read.catch_up.at))
      return { kind: 'upstream' }
    }
    if (read.cron !== undefined) return cron(read.cron, read.catch_up?.value)
    reading.report(fieldDiagnostic('SCHEDULE_EMPTY', undefined, node.at))
    return undefined
  },
}

export const schedule: Shape<Schedule> = shortOr(short, long)
