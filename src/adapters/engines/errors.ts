import { defineErrors } from '../../base/errors.js'

type Statement = { asset: string; detail: string }

export const engineError = defineErrors({
  ENGINE_BUSY: {
    message: (p: { path: string; owner: string }) => `The warehouse ${p.path} is in use by ${p.owner}.`,
    hint: () => 'Wait until that process ends, or talk to it: only one process can own the file.',
  },
  ENGINE_STATEMENT_FAILED: {
    message: (p: Statement) => `The statement of ${p.asset} failed: ${p.detail}`,
    hint: () => 'The message is the engine’s own. Correct the statement, then run again.',
  },
  ENGINE_QUERY_FAILED: {
    // `offset`: byte in the author's text; `bare`: the message without its place.
    message: (p: { detail: string; offset?: number | null; bare?: string }) =>
      `The query failed: ${p.detail}`,
    hint: () => 'The message is the engine’s own. Correct the query and ask again.',
  },
  ENGINE_CHANGES_LOST: {
    message: (p: { delivery: string; after: number }) =>
      `The changes of ${p.delivery} since release ${p.after} were not all kept.`,
    hint: () => 'Deliver every row once: "millrace check --delivered --repair".',
  },
  ENGINE_OUT_OF_MEMORY: {
    message: (p: Statement) => `The statement of ${p.asset} ran out of memory: ${p.detail}`,
    hint: () => 'Raise warehouse.memory_limit in millrace.yaml, or build the asset in smaller ranges.',
  },
  ENGINE_OUT_OF_DISK: {
    message: (p: Statement) => `No disk space left while building ${p.asset}: ${p.detail}`,
    hint: () => 'Free space beside the warehouse file; spilled rows go to .millrace/tmp.',
  },
  ENGINE_INPUT_UNREADABLE: {
    message: (p: Statement) => `The rows for ${p.asset} could not be read: ${p.detail}`,
    hint: () =>
      'Correct the rows where they come from, or declare the column’s type in the header, then run again.',
  },
  ENGINE_ROWS_LOST: {
    transient: true,
    message: (p: { asset: string; sent: number; loaded: number }) =>
      `${p.sent} rows were sent for ${p.asset} but ${p.loaded} arrived; nothing was loaded.`,
    hint: () => 'The load is tried again by itself. If it persists, run "millrace doctor".',
  },
  ENGINE_QUERY_REFUSED: {
    message: (p: { detail: string }) => `This query is refused: ${p.detail}`,
    hint: () => 'Only a single SELECT over released assets is allowed.',
  },
  ENGINE_TENANT_UNCUT: {
    message: (p: { asset: string; column: string }) =>
      `${p.asset} has no column ${p.column}, so its rows cannot be cut to one tenant.`,
    hint: (p: { asset: string }) =>
      `Give it the column, or, if everybody may see all of it, say so in the report: shared: [${p.asset}].`,
  },
  ENGINE_QUERY_TOO_LONG: {
    message: (p: { seconds: number }) => `The query took longer than ${p.seconds} s and was stopped.`,
    hint: () => 'Ask for less: fewer rows, a shorter time, fewer joins. What is asked often is an asset.',
  },
  ENGINE_QUERY_TOO_LARGE: {
    message: (p: { mebibytes: number }) => `The rows of the query are larger than ${p.mebibytes} MiB.`,
    hint: () => 'Ask for fewer or shorter columns, or for fewer rows with --limit.',
  },
  ENGINE_QUERY_TOO_HEAVY: {
    message: (p: { mebibytes: number }) =>
      `The query was stopped: the process took ${p.mebibytes} MiB more memory since it began, which is all that queries may take.`,
    hint: () =>
      'Ask for less: fewer groups, shorter lists and texts, fewer rows to sort. If something else needed the memory, ask again.',
  },
  ENGINE_QUERIES_BUSY: {
    transient: true,
    message: (p: { seconds: number }) =>
      `The query waited ${p.seconds} s for its turn: other queries go on all the time.`,
    hint: () => 'Ask again in a moment. Queries that take long are better written as assets.',
  },
  ENGINE_CONFLICT: {
    transient: true,
    message: (p: Statement) => `Another transaction got in the way of ${p.asset}: ${p.detail}`,
    hint: () => 'It is tried again by itself.',
  },
  ENGINE_CORRUPT: {
    message: (p: { path: string; detail: string }) => `The warehouse ${p.path} cannot be opened: ${p.detail}`,
    hint: () => 'Restore it from a backup, or move it away: the next run builds everything again.',
  },
})
