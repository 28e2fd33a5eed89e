import { defineErrors } from '../base/errors.js'

export const runError = defineErrors({
  RUN_LOCKED: {
    message: (p: { holders: readonly { asset: string; run: number; process: string }[] }) => {
      const [first] = p.holders
      const others = p.holders.length - 1
      return `${first?.asset} is being built by run ${first?.run} (${first?.process})${others > 0 ? `, and ${others} more` : ''}.`
    },
    hint: () => 'Wait until that run ends, or leave those assets out with --select.',
  },
  STEP_TIMED_OUT: {
    message: (p: { asset: string; seconds: number }) =>
      `${p.asset} took longer than ${p.seconds} s and was stopped.`,
    hint: () => 'Raise timeout: in the header if that is expected.',
  },
  STEP_INPUT_MISSING: {
    message: (p: { asset: string; input: string }) =>
      `${p.asset} reads ${p.input}, which was never released.`,
    hint: (p: { input: string }) => `Build it first: millrace run --select ${p.input}`,
  },
  STEP_COLUMNS_CHANGED: {
    message: (p: { asset: string; detail: string }) =>
      `The rows of ${p.asset} do not have the declared columns: ${p.detail}.`,
    hint: () => 'Correct the statement or columns: in the header. Readers keep the last good release.',
  },
  STEP_KEY_MISSING: {
    message: (p: { asset: string; column: string }) => `The rows of ${p.asset} have no column ${p.column}.`,
    hint: () => 'Correct key: or time: in the header, or give the rows that column.',
  },
  STEP_BROKE: {
    message: (p: { asset: string; detail: string }) =>
      `${p.asset} failed for a reason Millrace did not expect: ${p.detail}`,
    hint: () => 'This is a fault of Millrace. The log has the details; please report it.',
  },
})
