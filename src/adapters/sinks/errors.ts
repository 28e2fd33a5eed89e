import { defineErrors } from '../../base/errors.js'

export const sinkError = defineErrors({
  SINK_UNREACHABLE: {
    transient: true,
    message: (p: { connection: string; detail: string }) =>
      `Cannot reach connection ${p.connection}: ${p.detail}`,
    hint: (p: { connection: string }) =>
      `The release stays; the delivery is tried again at the next run. Check connections.${p.connection}.`,
  },
  SINK_COLUMNS_DIFFER: {
    message: (p: { table: string; difference: string; dependents: readonly string[] }) =>
      `${p.table} does not fit the released columns: ${p.difference}.`,
    hint: (p: { table: string; dependents: readonly string[] }) =>
      `Alter ${p.table} yourself, or deliver to another table; Millrace never drops or alters it.` +
      (p.dependents.length > 0 ? ` On it depend: ${p.dependents.join(', ')}.` : ''),
  },
  SINK_TABLE_NOT_OURS: {
    message: (p: { table: string; rows: number }) =>
      `${p.table} already has ${p.rows === 1 ? '1 row' : `${p.rows} rows`} that Millrace did not write.`,
    hint: () =>
      'No ledger of deliveries in that database names the table. Deliver to another one, or say "adopt: true" in deliver: to let the release replace its rows.',
  },
  SINK_NEEDS_ALL_ROWS: {
    message: (p: { table: string; detail: string }) => `Changes alone cannot fill ${p.table}: ${p.detail}.`,
    hint: () => 'Deliver all rows: "millrace check --delivered" finds the difference and puts it right.',
  },
  SINK_REFUSED: {
    message: (p: { connection: string; detail: string }) =>
      `Connection ${p.connection} refused the delivery: ${p.detail}`,
    hint: () => 'The message is the target’s own. The release stays; nothing was delivered.',
  },
  SINK_BLOCKED: {
    transient: true,
    message: (p: { table: string; detail: string }) => `${p.table} stayed locked: ${p.detail}`,
    hint: () => 'Another session is in the way. The delivery is tried again; end that session if it hangs.',
  },
  SINK_EXHAUSTED: {
    transient: true,
    message: (p: { connection: string; detail: string }) =>
      `Connection ${p.connection} has no room for the delivery: ${p.detail}`,
    hint: () => 'The release stays, and the delivery is tried again. Make room there.',
  },
})
