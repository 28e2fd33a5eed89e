import { defineErrors } from '../base/errors.js'
import type { Diagnostic } from '../domain/diagnostic.js'

export const appError = defineErrors({
  PROJECT_INVALID: {
    message: (p: { diagnostics: readonly Diagnostic[] }) => {
      const errors = p.diagnostics.filter(({ severity }) => severity === 'error').length
      return errors === 1 ? 'The project has a mistake.' : `The project has ${errors} mistakes.`
    },
    hint: () => 'Correct the project and try again; nothing was changed.',
  },
  PROJECT_UNREADABLE: {
    message: (p: { reason: string }) => `The project cannot be read: ${p.reason}`,
    hint: () => 'Look at the folder and its rights; it is read again every few seconds.',
  },
  HOME_UNUSABLE: {
    message: (p: { home: string; reason: string }) =>
      `Millrace cannot keep its files in ${p.home}: ${p.reason}`,
    hint: () => 'It has to be a folder that this account may write in. Nothing was changed.',
  },
  PROJECT_NOT_FOUND: {
    message: (p: { folder: string; isThere: boolean }) =>
      p.isThere ? `There is no millrace.yaml in ${p.folder} or above it.` : `There is no folder ${p.folder}.`,
    hint: () => 'Go to a project’s folder, name it with --project DIR, or make one: millrace init DIR',
  },
  SELECTION_UNKNOWN: {
    message: (p: { selector: string; nearest: string | null }) =>
      p.selector === ''
        ? '--select names no asset: it is empty.'
        : `--select ${p.selector} matches no asset.`,
    hint: (p: { nearest: string | null }) =>
      p.nearest ? `Did you mean ${p.nearest}?` : 'See the names with: millrace status',
  },
  ACCEPT_UNKNOWN: {
    message: (p: { name: string; nearest: string | null }) =>
      `--accept ${p.name} is no check of what this run builds.`,
    hint: (p: { nearest: string | null }) =>
      p.nearest
        ? `Did you mean ${p.nearest}?`
        : 'Names stand beside the failed checks: millrace check --rows',
  },
  ASSET_UNKNOWN: {
    message: (p: { asset: string; nearest: string | null }) => `There is no asset ${p.asset}.`,
    hint: (p: { nearest: string | null }) =>
      p.nearest ? `Did you mean ${p.nearest}?` : 'See the names with: millrace status',
  },
  ALERT_UNKNOWN: {
    message: (p: { alert: number }) => `There is no alert ${p.alert}.`,
    hint: () => 'See those that are open with: millrace alerts',
  },
  ALERT_RESOLVED: {
    message: (p: { alert: number }) => `Alert ${p.alert} is resolved already.`,
    hint: () => 'Nothing is left to do; the same trouble later is a new alert.',
  },
  SILENCE_UNKNOWN: {
    message: (p: { silence: number }) => `No silence ${p.silence} is in force.`,
    hint: () => 'See them with: millrace alerts silences',
  },
  SILENCE_INVALID: {
    message: (p: { detail: string }) => `This silence cannot be: ${p.detail}.`,
    hint: () => "For example: millrace alerts silence 'marts.*' --for 2h --reason maintenance",
  },
  ASSET_NOT_RELEASED: {
    message: (p: { asset: string }) => `Nothing of ${p.asset} is released yet, so there are no rows to read.`,
    hint: (p: { asset: string }) => `Build it: millrace run --select +${p.asset}`,
  },
  RUN_UNKNOWN: {
    message: (p: { run: number }) => `There is no run ${p.run}.`,
    hint: () => 'The latest run: millrace status',
  },
  RUN_NOT_GOING_ON: {
    message: (p: { run: number; status: string }) => `Run ${p.run} cannot be cancelled: it is ${p.status}.`,
    hint: (p: { status: string }) =>
      p.status === 'running'
        ? 'Another process runs it: stop it there (Ctrl-C). See which: millrace status'
        : 'It has ended; nothing is to be done.',
  },
  WINDOW_INVALID: {
    message: (p: { text: string }) => `${p.text} is not a time Millrace understands.`,
    hint: () => 'Write 2026-03-01 or 2026-03-01T06:00, in the project’s time zone; --end is not included.',
  },
  WINDOW_EMPTY: {
    message: (p: { start: string; end: string }) =>
      `There is no time to build in: ${p.start} is not before ${p.end}.`,
    hint: () => 'The end is not included: for one day write --start 2026-03-01 --end 2026-03-02.',
  },
  QUEUE_FULL: {
    transient: true,
    message: (p: { waiting: number }) => `${p.waiting} runs wait already; no more are taken.`,
    hint: () => 'See them: millrace status. Cancel what nobody needs, or ask again later.',
  },
  SERVER_STOPPING: {
    message: (_: Record<string, never>) => 'The server is stopping and takes no more runs.',
    hint: () => 'Ask again once it is back.',
  },
  REPORT_UNKNOWN: {
    message: (p: { report: string; nearest: string | null }) => `There is no report ${p.report}.`,
    hint: (p: { report: string; nearest: string | null }) =>
      p.nearest ? `Did you mean ${p.nearest}?` : 'See the names with: millrace report',
  },
  REPORT_INVALID: {
    message: (p: { report: string; diagnostics: readonly Diagnostic[] }) =>
      `The report ${p.report} cannot be made: ${p.diagnostics[0]?.message ?? ''}`,
    hint: () => 'Correct it and try again; what was made before stays as it is.',
  },
  REPORT_NOT_RENDERED: {
    message: (p: { report: string; period: string }) => `${p.report} was never made for ${p.period}.`,
    hint: (p: { report: string; period: string }) =>
      `Make it: millrace report ${p.report} --period ${p.period}`,
  },
  REPORT_FOLDER_UNWRITABLE: {
    message: (p: { folder: string; detail: string }) =>
      `Pages cannot be written to ${p.folder}: ${p.detail}.`,
    hint: () => 'Name a folder that can be made, or is there and can be written to, with --out.',
  },
  // Other tenants are not named: this text may reach one of them.
  TENANT_UNKNOWN: {
    message: (p: { tenant: string; report: string }) =>
      `No released row that ${p.report} reads belongs to the tenant "${p.tenant}".`,
    hint: () => 'Write the id as the tenant column has it; leave --tenant out for all tenants.',
  },
  TENANT_NOT_ASKED: {
    message: (p: { report: string }) => `${p.report} is not made for each tenant.`,
    hint: () => 'Leave --tenant out, or add for_each: tenant to the report.',
  },
  PERIOD_INVALID: {
    message: (p: { text: string; unit: string; example: string }) =>
      `${p.text.trim() === '' ? 'A period without a name' : p.text} is no ${p.unit}.`,
    hint: (p: { text: string; unit: string; example: string }) =>
      `Write ${p.example}, or leave --period out for the last ${p.unit} that is over.`,
  },
  QUERY_LIMIT_INVALID: {
    message: (p: { most: number }) => `A query gives 0 to ${p.most} rows.`,
    hint: () => 'Name a whole number with --limit, or let the query add the rows up.',
  },
  INIT_FOLDER_TAKEN: {
    message: (p: { folder: string; file: string }) => `${p.folder} already has ${p.file}.`,
    hint: () => 'Name an empty folder, or one without a project.',
  },
  INIT_FOLDER_UNUSABLE: {
    message: (p: { folder: string; detail: string }) => `No project can be made in ${p.folder}: ${p.detail}.`,
    hint: () => 'Name a folder that you may write to, or one that is not there yet.',
  },
  ENVIRONMENT_UNKNOWN: {
    message: (p: { environment: string }) => `There is no environment ${p.environment}.`,
    hint: () => 'Leave --env out: prod is the only environment so far.',
  },
})
