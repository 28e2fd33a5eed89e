import { describe, expect, test } from 'vitest'
import { RunsTogether } from '../../src/executor/runs-together.js'

const never = new AbortController().signal
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('runs of one process', () => {
  test('take turns in the order they came; one that is cut off before its turn does not hold up the next', async () => {
    const together = new RunsTogether()
    const seen: string[] = []
    let end = () => {}
    const first = together.inTurn(never, () => new Promise<void>((resolve) => (end = resolve)))
    const cut = new AbortController()
    const second = together.inTurn(cut.signal, async () => void seen.push('second'))
    const third = together.inTurn(never, async () => void seen.push('third'))
    cut.abort(new RangeError('cut'))
    await expect(second).rejects.toThrow('cut')
    await settled()
    expect(seen).toEqual([])
    end()
    await Promise.all([first, third])
    expect(seen).toEqual(['third'])
  })

  test('a turn that fails is over', async () => {
    const together = new RunsTogether()
    await expect(
      together.inTurn(never, async () => {
        throw new RangeError('broken')
      }),
    ).rejects.toThrow('broken')
    expect(await together.inTurn(never, async () => 'next')).toBe('next')
  })

  test('are told what others released since they began, not what they released themselves or was before', () => {
    const together = new RunsTogether()
    const hour = (n: number) => [{ start: n, end: n + 1 }]
    together.released(1, [{ asset: 'raw.a', touched: 'all' }])
    together.begin(2)
    together.begin(3)
    together.released(3, [{ asset: 'raw.a', touched: hour(1) }])
    together.released(4, [{ asset: 'raw.a', touched: hour(5) }])
    expect(together.movedSince(2)).toEqual({
      any: true,
      touched: new Map([['raw.a', [...hour(1), ...hour(5)]]]),
    })
    expect(together.movedSince(3).touched.get('raw.a')).toEqual(hour(5))
    together.released(4, [])
    together.end(2)
    expect(together.movedSince(2)).toEqual({ any: false, touched: new Map() })
  })
})
