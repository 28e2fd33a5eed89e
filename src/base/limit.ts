/** Lets at most `slots` pieces of work run at once; the rest wait in the order they came. */
export function createLimit(slots: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  const enter = () =>
    running < slots ? Promise.resolve(void running++) : new Promise<void>((resolve) => waiting.push(resolve))
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
  return async (work) => {
    await enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
