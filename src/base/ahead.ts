/**
 * Results of `work` in the order of the items, while it goes on with up to `count` items ahead of the caller. An item
 * that fails rejects when its turn comes. When the caller stops early, what was begun is waited for.
 */
export async function* ahead<T, R>(
  items: readonly T[],
  count: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<Readonly<{ item: T; result: Promise<R> }>> {
  const begun: Readonly<{ item: T; result: Promise<R> }>[] = []
  let next = 0
  const fill = () => {
    while (begun.length < count && next < items.length) {
      // Just compared with the length.
      const item = items[next++] as T
      const result = work(item)
      // Whoever awaits it is told; the caller may not get that far.
      result.catch(() => undefined)
      begun.push({ item, result })
    }
  }
  try {
    fill()
    for (let first = begun.shift(); first !== undefined; first = begun.shift()) {
      fill()
      yield first
    }
  } finally {
    await Promise.allSettled(begun.map(({ result }) => result))
  }
}
