import { defineErrors } from '../../base/errors.js'

export const stateError = defineErrors({
  STATE_UNREACHABLE: {
    transient: true,
    message: (p: { target: string; detail: string }) =>
      `Cannot reach the state database ${p.target}: ${p.detail}`,
    hint: () => 'Check state: in millrace.yaml and that the server is up, then run "millrace doctor".',
  },
  STATE_PLATFORM_UNSUPPORTED: {
    message: (p: { platform: string }) => `There is no embedded Postgres for ${p.platform}.`,
    hint: () => 'Use a Postgres of your own: state: postgres://user:password@host/database in millrace.yaml.',
  },
  STATE_EMBEDDED_FAILED: {
    message: (p: { detail: string; log: string }) => `The embedded Postgres did not start: ${p.detail}`,
    hint: (p: { log: string }) =>
      `Its log is ${p.log}. A Postgres of your own also works: state: postgres://…`,
  },
  STATE_NEWER: {
    message: (p: { migration: string }) => `The state was written by a newer Millrace (${p.migration}).`,
    hint: () => 'Use that version or a newer one; this one would misread the state.',
  },
  STATE_TOO_OLD: {
    message: (p: { version: string }) =>
      `The state database is Postgres ${p.version}; Millrace needs 14 or newer.`,
    hint: () => 'Point state: in millrace.yaml at a newer server, or use state: embedded.',
  },
  STATE_MIGRATION_CHANGED: {
    message: (p: { migration: string }) =>
      `The state was set up by another content of ${p.migration} than this Millrace has.`,
    hint: () => 'Install the Millrace that wrote this state again, or point state: at an empty database.',
  },
  STATE_MIGRATION_FAILED: {
    message: (p: { migration: string; detail: string }) =>
      `The state could not be brought up to date by ${p.migration}: ${p.detail}`,
    hint: () =>
      'Nothing of it was changed, and the Millrace that wrote it still works. The message is Postgres’ own.',
  },
  STATE_FULL: {
    transient: true,
    message: (p: { target: string; detail: string }) =>
      `The state database ${p.target} has no room: ${p.detail}`,
    hint: () => 'Make room on its disk; what waits for it goes on by itself then.',
  },
  STATE_NOT_ALLOWED: {
    message: (p: { target: string; detail: string }) =>
      `The role of the state database ${p.target} may not do its work: ${p.detail}`,
    hint: () =>
      'Millrace makes and owns the schema millrace_state: let an owner of the database run "grant create on database … to …", or point state: at one that the role owns.',
  },
  STATE_POOLED: {
    message: (p: { target: string }) =>
      `The state database ${p.target} is behind a pooler that passes sessions from hand to hand (pool_mode = transaction).`,
    hint: () =>
      'Millrace’s locks live as long as a session. Point state: at the server itself, or at a pool with pool_mode = session.',
  },
  STATE_LOCKS_LOST: {
    message: (p: { run: number; assets: string }) =>
      `Run ${p.run} lost its locks on ${p.assets} while the state database was out of reach.`,
    hint: () => 'Nothing of this run was released. Start it again.',
  },
  STATE_ROW_INVALID: {
    message: (p: { table: string; detail: string }) =>
      `A row of ${p.table} cannot be understood: ${p.detail}`,
    hint: () => 'The state was changed by hand or is damaged. Restore a backup, or run "millrace doctor".',
  },
  STATE_STATEMENT_FAILED: {
    message: (p: { detail: string }) => `The state database refused a statement: ${p.detail}`,
    hint: () => 'Run "millrace doctor"; the message is Postgres’ own.',
  },
})
