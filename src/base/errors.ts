/** What a table of codes says about one error. `transient` decides whether the executor tries again. */
export type ErrorSpec<P> = Readonly<{
  transient?: boolean
  message: (params: P) => string
  /** What the reader should do next: a command, or the line to edit. */
  hint?: (params: P) => string
}>

/**
 * The one error class. `code` is stable and documented; `hint` names the next step.
 * Create it through a folder's table (`defineErrors`), never with `new`.
 */
export class MillraceError extends Error {
  override readonly name = 'MillraceError'
  constructor(
    readonly code: string,
    message: string,
    readonly hint: string | undefined,
    readonly transient: boolean,
    readonly params: Readonly<Record<string, unknown>>,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

type Table = Readonly<Record<string, ErrorSpec<never>>>
type ParamsOf<T extends Table, C extends keyof T> = Parameters<T[C]['message']>[0]

/** Turns a folder's table of codes into a maker of errors; a wrong parameter is a compile error. */
export function defineErrors<T extends Table>(table: T) {
  function make<C extends keyof T & string>(
    code: C,
    params: ParamsOf<T, C>,
    options?: ErrorOptions,
  ): MillraceError {
    const spec = table[code] as ErrorSpec<never>
    return new MillraceError(
      code,
      spec.message(params),
      spec.hint?.(params),
      spec.transient ?? false,
      params as Record<string, unknown>,
      options,
    )
  }
  return Object.assign(make, { table })
}

/** True for errors that may pass when tried again. Foreign errors never count: adapters translate them. */
export function isTransient(error: unknown): boolean {
  return error instanceof MillraceError && error.transient
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A message and its hint in one line. The words of a database end as they like. */
export function inOneLine(message: string, hint: string | null | undefined): string {
  if (!hint) return message
  return /[.!?]$/.test(message) ? `${message} ${hint}` : `${message}. ${hint}`
}

/** For the `default` of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new TypeError(`Unhandled case ${JSON.stringify(value)}`)
}
