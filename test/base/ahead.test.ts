import { describe, expect, it } from 'vitest'
import { ahead } from '../../src/base/ahead.js'

describe('working ahead', () => {
  it('gives results in order, with so many items begun and no more', async () => {
    let going = 0
    let most = 0
    const results: number[] = []
    const work = async (item: number) => {
      most = Math.max(most, ++going)
      for (let turn = 0; turn < 5 - item; turn++) await null
      going--
      return item * 10
    }
    for await (const { result } of ahead([1, 2, 3, 4], 2, work)) results.push(await result)
    expect(results).toEqual([10, 20, 30, 40])
    expect(most).toBeLessThanOrEqual(3)
  })

  it('a failure comes in its turn and does not stop the others', async () => {
    const told: string[] = []
    const work = async (item: number) => {
      if (item === 2) throw new Error('two')
      return item
    }
    for await (const { item, result } of ahead([1, 2, 3], 3, work))
      told.push(await result.then(String, (error: Error) => `${item}: ${error.message}`))
    expect(told).toEqual(['1', '2: two', '3'])
  })

  it('who stops early waits for what was begun', async () => {
    let ended = 0
    const work = async (item: number) => {
      await null
      ended++
      return item
    }
    for await (const { result } of ahead([1, 2, 3, 4, 5], 2, work)) {
      await result
      break
    }
    expect(ended).toBe(3)
  })
})
