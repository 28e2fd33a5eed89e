/** What the server answered instead of what was asked for: the same codes, messages and hints as on the command line. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  constructor(
    readonly code: string,
    message: string,
    readonly hint: string,
    /** HTTP status; 0 where no answer came. */
    readonly status: number,
  ) {
    super(message)
  }
}

export const UNREACHABLE = 'SERVER_UNREACHABLE'

export const unreachable = (): ApiProblem =>
  new ApiProblem(
    UNREACHABLE,
    'The Millrace server does not answer.',
    'It may be restarting: this page tries again by itself. Otherwise start it with `millrace serve`.',
    0,
  )

/** Reads an error's body; what is no problem+json still becomes a sentence. */
export function problemOf(status: number, body: unknown): ApiProblem {
  const field = (name: string): string => {
    const value =
      body !== null && typeof body === 'object' ? (body as Record<string, unknown>)[name] : undefined
    return typeof value === 'string' ? value : ''
  }
  return new ApiProblem(
    field('code') || `HTTP_${status}`,
    field('detail') || field('message') || field('title') || `The server answered ${status}.`,
    field('hint'),
    status,
  )
}

/** True where trying again cannot help: the question itself was wrong. */
export const isFinal = (error: unknown): boolean =>
  error instanceof ApiProblem && error.status >= 400 && error.status < 500 && error.status !== 429

/** True where a browser could not load a page's code: no server, or a newer one with other files. */
export const isMissingCode = (error: unknown): boolean =>
  error instanceof Error && /preload CSS|dynamically imported module|importing a module/i.test(error.message)

export const missingCode = (): ApiProblem =>
  new ApiProblem(
    'PAGE_NOT_LOADED',
    'Its code did not come from the server.',
    'The server is away, or was replaced by another version. Loading the console again brings it up to date.',
    0,
  )
