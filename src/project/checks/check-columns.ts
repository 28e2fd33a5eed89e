import type { Check } from '../../domain/check.js'

/** Columns a check names, those inside SQL left out. */
export function columnsOfCheck(check: Check): readonly string[] {
  if (check.kind === 'unique') return check.columns
  return 'column' in check ? [check.column] : []
}

/** Checks that a key implies, which its own place speaks for. */
export const isImplied = ({ name }: Check): boolean => name === 'key' || name.startsWith('key_not_null:')
