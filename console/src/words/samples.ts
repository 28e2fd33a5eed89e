type Sample = Readonly<Record<string, unknown>>

/** Columns of sample rows in the order they first appear, those the check speaks of first. */
export function sampleColumns(samples: readonly Sample[], check: string): readonly string[] {
  const all = [...new Set(samples.flatMap((sample) => Object.keys(sample)))]
  const spoken = spokenOf(check)
  return [...all.filter((name) => spoken.has(name)), ...all.filter((name) => !spoken.has(name))]
}

/** Columns that a check's name carries: `not_null:washroom_id`, `unique:washroom_id,hour`. */
export function spokenOf(check: string): ReadonlySet<string> {
  return new Set(
    check
      .split(':')
      .slice(1)
      .join(':')
      .split(/[,\s]+/)
      .filter(Boolean),
  )
}

/** One value as it is read in a cell. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}
