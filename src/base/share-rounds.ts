/**
 * Work that many ask for at once is done in rounds: one goes on, and all who come meanwhile share the next. Each gets
 * an answer that was begun after they asked, so nobody misses what they have just changed.
 */
export function shareRounds<T>(work: () => Promise<T>): () => Promise<T> {
  let going: Promise<unknown> | null = null
  let next: Promise<T> | null = null
  const begin = (): Promise<T> => {
    const round = work()
    going = round
    const end = () => {
      if (going === round) going = null
    }
    round.then(end, end)
    return round
  }
  return () => {
    if (!going) return begin()
    next ??= going.then(
      () => {
        next = null
        return begin()
      },
      () => {
        next = null
        return begin()
      },
    )
    return next
  }
}
