import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openWorkerStream } from '../../src/base/worker-stream.js'

const path = join(import.meta.dirname, 'fixtures/counting-worker.mjs')
const never = new AbortController().signal
const open = (data: { count: number; failAt?: number; exitAt?: number }, signal = never) =>
  openWorkerStream<number, number>(path, data, 3, signal)

async function collect(items: AsyncIterable<number>): Promise<number[]> {
  const all: number[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('a stream from a thread', () => {
  it('gives every item in order, then the result', async () => {
    const stream = open({ count: 50 })
    expect(stream.result()).toBeNull()
    expect(await collect(stream.items)).toEqual(Array.from({ length: 50 }, (_, item) => item))
    expect(stream.result()).toBe(50)
  })

  it('gives the thread’s error with its name and code', async () => {
    await expect(collect(open({ count: 50, failAt: 7 }).items)).rejects.toMatchObject({
      message: 'no more',
      name: 'RangeError',
      code: 'ENOUGH',
    })
  })

  it('says when the thread ends without a word', async () => {
    await expect(collect(open({ count: 50, exitAt: 7 }).items)).rejects.toThrow('ended early, with code 3')
  })

  it('ends with the reason of an abort', async () => {
    const abort = new AbortController()
    const reading = (async () => {
      for await (const item of open({ count: 1e9 }, abort.signal).items)
        if (item === 100) abort.abort(new Error('enough'))
    })()
    await expect(reading).rejects.toThrow('enough')
  })

  it('can be left early', async () => {
    for await (const item of open({ count: 1e9 }).items) if (item === 100) break
  })
})
