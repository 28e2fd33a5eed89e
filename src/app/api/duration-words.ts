/** `40 minutes`, `3 hours`, `2 days`: as somebody would say it. */
export function roughly(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 120) return some(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return hours < 48 ? some(hours, 'hour') : some(Math.round(hours / 24), 'day')
}

export const some = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`
