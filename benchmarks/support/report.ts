/** What every benchmark needs: options, seconds, and its figures as JSON on stdout. */
export function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise)
}

export const flag = (name: string): boolean => process.argv.includes(`--${name}`)

export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

export function print(question: string, figures: Readonly<Record<string, unknown>>): void {
  const rounded = (_key: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value
  console.log(JSON.stringify({ question, ...figures }, rounded, 2))
}
