export type LinkedSignal = Readonly<{
  signal: AbortSignal
  abort(reason?: unknown): void
  /** Lets go of the sources. A source that lives long would otherwise remember every signal linked to it. */
  unlink(): void
}>

/** A signal that is aborted with the first of its sources, and for the same reason. */
export function linkSignals(...sources: readonly AbortSignal[]): LinkedSignal {
  const controller = new AbortController()
  const listeners = sources.map((source) => [source, () => controller.abort(source.reason)] as const)
  for (const [source, listener] of listeners) {
    if (source.aborted) listener()
    else source.addEventListener('abort', listener, { once: true })
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    unlink: () => {
      for (const [source, listener] of listeners) source.removeEventListener('abort', listener)
    },
  }
}
