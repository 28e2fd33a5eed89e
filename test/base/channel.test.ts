import { describe, expect, it } from 'vitest'
import { createChannel } from '../../src/base/channel.js'

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('a channel', () => {
  it('gives the items in the order they were sent, those sent before the end too', async () => {
    const channel = createChannel<number>(10)
    void channel.send(1)
    void channel.send(2)
    channel.end()
    expect(await collect(channel.items)).toEqual([1, 2])
  })

  it('holds the sender back at the limit until the reader takes one', async () => {
    const channel = createChannel<number>(2)
    const taken: string[] = []
    await channel.send(1)
    const second = channel.send(2).then(() => taken.push('sent'))
    const reader = channel.items[Symbol.asyncIterator]()
    taken.push('before')
    await reader.next()
    await second
    expect(taken).toEqual(['before', 'sent'])
  })

  it('gives an error after what was sent before it', async () => {
    const channel = createChannel<number>(10)
    void channel.send(1)
    channel.fail(new Error('broken'))
    channel.end()
    const reader = channel.items[Symbol.asyncIterator]()
    expect((await reader.next()).value).toBe(1)
    await expect(reader.next()).rejects.toThrow('broken')
  })

  it('lets the sender go on when the reader stops early, and says so', async () => {
    let returned = 0
    const channel = createChannel<number>(1, () => returned++)
    const sending = channel.send(1)
    for await (const _ of channel.items) break
    await sending
    await channel.send(2)
    expect(returned).toBe(1)
  })
})
