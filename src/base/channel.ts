/** A queue between one sender and one reader that holds the sender back. */
export type Channel<T> = Readonly<{
  /** Resolves when fewer than `limit` items wait, or when the reader has gone. */
  send(item: T): Promise<void>
  /** Nothing more comes. */
  end(): void
  /** The reader gets what was sent before, then the error. */
  fail(error: unknown): void
  /** To be read once. Ends early without asking the sender; `onReturn` is told. */
  items: AsyncIterable<T>
}>

export function createChannel<T>(limit: number, onReturn: () => void = () => {}): Channel<T> {
  const waiting: T[] = []
  let finished: { error?: unknown } | null = null
  let gone = false
  let wakeReader = () => {}
  let wakeSender = () => {}
  const finish = (how: { error?: unknown }) => {
    finished ??= how
    wakeReader()
  }
  async function* read(): AsyncGenerator<T> {
    try {
      for (;;) {
        if (waiting.length > 0) {
          const item = waiting.shift() as T
          wakeSender()
          yield item
        } else if (finished) {
          if ('error' in finished) throw finished.error
          return
        } else
          await new Promise<void>((resolve) => {
            wakeReader = resolve
          })
      }
    } finally {
      gone = true
      wakeSender()
      onReturn()
    }
  }
  return {
    send: (item) => {
      waiting.push(item)
      wakeReader()
      if (waiting.length < limit || gone) return Promise.resolve()
      return new Promise((resolve) => {
        wakeSender = resolve
      })
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
    items: read(),
  }
}
