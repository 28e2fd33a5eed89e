import { defineErrors } from '../../base/errors.js'

type At = { asset: string; file: string; line: number | null }
const place = (p: At) => (p.line === null ? p.file : `${p.file}:${p.line}`)

export const runtimeError = defineErrors({
  RUNTIME_CODE_THREW: {
    message: (p: At & { detail: string }) => `${p.asset} threw at ${place(p)}: ${p.detail}`,
    hint: (p: At) => `Correct ${place(p)}, then run again.`,
  },
  RUNTIME_NOT_LOADED: {
    message: (p: At & { detail: string; advice?: string | null }) =>
      `${place(p)} could not be loaded: ${p.detail}`,
    hint: (p: { advice?: string | null }) =>
      p.advice ?? 'The file must compile and export default async function* (ctx) { … }.',
  },
  RUNTIME_ROW_INVALID: {
    message: (p: At & { row: number; column: string; detail: string }) =>
      p.column === ''
        ? `Row ${p.row} of ${p.asset} is not a row: ${p.detail}.`
        : `Row ${p.row} of ${p.asset} does not fit column ${p.column}: ${p.detail}.`,
    hint: (p: At & { column: string }) =>
      p.column === ''
        ? `Yield objects with the columns as fields, or arrays of them, in ${place(p)}.`
        : `Yield a value that fits in ${place(p)}, or correct columns: in its header.`,
  },
  RUNTIME_CRASHED: {
    message: (p: { asset: string; detail: string }) => `The process of ${p.asset} died: ${p.detail}`,
    hint: () =>
      'Its last words are in the log. Memory is bounded by the asset’s limit; read inputs in batches.',
  },
  RUNTIME_OUT_OF_MEMORY: {
    message: (p: { asset: string; limitBytes: number }) =>
      `${p.asset} used more memory than its limit of ${Math.round(p.limitBytes / 1_048_576)} MiB and was stopped.`,
    hint: () =>
      'Yield rows while you read instead of gathering them; read wide inputs with columns: or batches.',
  },
  RUNTIME_STALLED: {
    message: (p: { asset: string }) =>
      `${p.asset} waits for a promise that nothing can settle any more, so it can never end.`,
    hint: () => 'Look for an await on a promise whose resolve is never called.',
  },
  RUNTIME_EXITED: {
    message: (p: { asset: string; code: number }) => `${p.asset} called process.exit(${p.code}).`,
    hint: () => 'Return from the function, or throw, instead of ending the process.',
  },
  RUNTIME_TIMED_OUT: {
    message: (p: { asset: string; seconds: number }) =>
      `${p.asset} took longer than ${p.seconds} s and was stopped.`,
    hint: () => 'Raise timeout: in the header if that is expected.',
  },
  RUNTIME_INPUT_REFUSED: {
    message: (p: At & { input: string; detail: string; advice: string }) =>
      `${p.asset} cannot read ${p.input} as ${place(p)} asks: ${p.detail}.`,
    hint: (p: { advice: string }) => p.advice,
  },
  RUNTIME_INPUT_UNDECLARED: {
    message: (p: { asset: string; input: string }) =>
      `${p.asset} reads ${p.input}, which its inputs: do not name.`,
    hint: (p: { input: string }) => `Add ${p.input} to inputs: in the header.`,
  },
})
