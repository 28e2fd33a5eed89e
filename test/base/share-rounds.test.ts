import { describe, expect, test } from 'vitest'
import { shareRounds } from '../../src/base/share-rounds.js'

/** Work whose rounds end when they are told to. */
function steered() {
  const rounds: { end: (value: string) => void; fail: (error: unknown) => void }[] = []
  const work = () =>
    new Promise<string>((end, fail) => {
      rounds.push({ end, fail })
    })
  return { rounds, ask: shareRounds(work) }
}

describe('work shared in rounds', () => {
  test('begins at once when nothing goes on', async () => {
    const { rounds, ask } = steered()
    const first = ask()
    rounds[0]?.end('first')
    expect(await first).toBe('first')
    const second = ask()
    expect(rounds).toHaveLength(2)
    rounds[1]?.end('second')
    expect(await second).toBe('second')
  })

  test('all who come during a round share the next one, which begins after they asked', async () => {
    const { rounds, ask } = steered()
    const first = ask()
    const late = [ask(), ask(), ask()]
    expect(rounds).toHaveLength(1)
    rounds[0]?.end('first')
    expect(await first).toBe('first')
    expect(rounds).toHaveLength(2)
    const later = ask()
    rounds[1]?.end('second')
    expect(await Promise.all(late)).toEqual(['second', 'second', 'second'])
    rounds[2]?.end('third')
    expect(await later).toBe('third')
  })

  test('a round that fails fails for those who share it, and for nobody after', async () => {
    const { rounds, ask } = steered()
    const first = ask()
    const second = ask()
    rounds[0]?.fail(new RangeError('no'))
    await expect(first).rejects.toBeInstanceOf(RangeError)
    rounds[1]?.end('well')
    expect(await second).toBe('well')
  })
})
