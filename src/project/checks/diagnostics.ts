import { defineDiagnostics } from '../../domain/diagnostic.js'
import { didYouMean } from '../diagnostics/nearest.js'

/** Checks that are unknown, in the wrong place, or ask for what cannot be. */
export const checkDiagnostic = defineDiagnostics({
  CHECK_UNKNOWN: {
    message: (p: { check: string; known: readonly string[] }) => `There is no check "${p.check}".`,
    hint: (p: { check: string; known: readonly string[] }) => didYouMean(p.check, p.known, 'Remove it.'),
  },
  CHECK_FORM: {
    message: (p: { detail: string }) => `This is not a check: ${p.detail}.`,
    hint: () => 'Write its name (not_null), or its name and fields: row_count: { min: 1 }.',
  },
  CHECK_NOT_FOR_COLUMN: {
    message: (p: { check: string }) => `The check "${p.check}" looks at the whole table, not at a column.`,
    hint: () => 'Move it to checks: of the asset.',
  },
  CHECK_NEEDS_COLUMN: {
    message: (p: { check: string }) => `The check "${p.check}" does not say which column.`,
    hint: (p: { check: string }) => `Put it under columns:, or write ${p.check}: { column: name }.`,
  },
  CHECK_NEEDS_FIELDS: {
    message: (p: { check: string; fields: string; example: string }) =>
      `The check "${p.check}" needs ${p.fields}.`,
    hint: (p: { example: string }) => `For example: ${p.example}`,
  },
  CHECK_BOUNDS: {
    message: (p: { check: string; min: string; max: string }) =>
      `No row can pass "${p.check}": min ${p.min} is above max ${p.max}.`,
    hint: () => 'Swap the bounds.',
  },
  CHECK_PATTERN: {
    message: (p: { pattern: string; detail: string; hint: string }) =>
      `The pattern ${p.pattern} ${p.detail}.`,
    hint: (p: { hint: string }) => p.hint,
  },
  CHECK_NAME_TWICE: {
    message: (p: { name: string; line: number }) => `A check "${p.name}" stands on line ${p.line} already.`,
    hint: () => 'Remove one, or give it a name of its own with name:.',
  },
  CHECK_CANNOT_QUARANTINE: {
    message: (p: { check: string }) => `"${p.check}" points at no single rows, so none can be set aside.`,
    hint: () => 'Use on_fail: continue, hold_delivery or block.',
  },
  CHECK_VIEW_QUARANTINE: {
    message: (p: { check: string }) => `"${p.check}" cannot set rows of a view aside: a view keeps no rows.`,
    hint: () => 'Use materialize: table, or on_fail: continue, hold_delivery or block.',
  },
  CHECK_OPTION: {
    message: (p: { check: string; option: string }) =>
      `"${p.option}" means nothing to the check "${p.check}".`,
    hint: (p: { option: string; check: string }) =>
      p.option === 'where'
        ? 'Write the condition into the statement.'
        : 'Remove it: the check gives one answer, not one for each row.',
  },
  CHECK_RELATIONSHIP: {
    message: (p: { to: string }) => `"${p.to}" does not name a column of an asset.`,
    hint: () => 'Write relationships: { to: staging.devices.device_id }.',
  },
  CHECK_SQL: {
    message: (p: { check: string; detail: string }) =>
      `The SQL of the check "${p.check}" cannot be parsed: ${p.detail}.`,
    hint: () => 'A failed_rows check is one SELECT over "this"; where: is a condition on its columns.',
  },
})
