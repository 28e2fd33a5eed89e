import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunOutcome, RunRequestBody } from '../../../src/app/api/api.js'
import type { QueueEntry } from '../../../src/app/api/shapes.js'
import { MOST_WAITING, type Perform, RunQueue } from '../../../src/app/live/run-queue.js'
import { systemClock } from '../../../src/base/clock.js'

/** Without `select` all build the same. */
const request = (trigger: string, select = 'all'): RunRequestBody => ({
  select,
  full: false,
  start: null,
  end: null,
  accept: [],
  trigger,
})
const outcome = { result: {}, sources: [] } as unknown as RunOutcome

/** A queue whose runs end when they are told to. */
function given(runsAtOnce = 4) {
  const going: { trigger: string; end: () => void; fail: (error: Error) => void }[] = []
  let atOnce = 0
  let most = 0
  const perform: Perform = (asked, _emit, signal) => {
    most = Math.max(most, ++atOnce)
    return new Promise<RunOutcome>((resolve, reject) => {
      going.push({ trigger: asked.trigger, end: () => resolve(outcome), fail: reject })
      signal.addEventListener('abort', () => reject(signal.reason))
    }).finally(() => atOnce--)
  }
  const seen: (readonly QueueEntry[])[] = []
  const queue = new RunQueue({
    perform,
    clock: systemClock,
    onChange: (entries) => seen.push(entries),
    touches: ({ select }) => ({ builds: new Set(select?.split(' ')), through: new Set() }),
    atOnce: runsAtOnce,
  })
  return { queue, going, seen, most: () => most }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the queue of a server', () => {
  test('runs of the same asset go one after the other, in the order they came, whatever becomes of each', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('end', 'fail', 'cancel'), { minLength: 1, maxLength: 12 }),
        async (fates) => {
          const { queue, going, most } = given()
          const tickets = fates.map((_, index) => queue.enqueue(request(`r${index}`)))
          const outcomes = tickets.map(({ outcome }) =>
            outcome.then(
              () => 'done',
              (error) => error.name,
            ),
          )
          for (const [index, fate] of fates.entries()) {
            await settled()
            if (fate === 'cancel') tickets[index]!.cancel('a test')
            else if (fate === 'end') going.at(-1)!.end()
            else going.at(-1)!.fail(new RangeError('broken'))
            await settled()
          }
          expect(await Promise.all(outcomes)).toEqual(
            fates.map((fate) => ({ end: 'done', fail: 'RangeError', cancel: 'Cancelled' })[fate]),
          )
          expect(going.map(({ trigger }) => trigger)).toEqual(fates.map((_, index) => `r${index}`))
          expect(most()).toBe(1)
          expect(queue.list()).toEqual([])
        },
      ),
      { numRuns: 40 },
    ))

  test('one that waits and is cancelled never begins, and the next is not held up', async () => {
    const { queue, going } = given()
    const [first, second, third] = ['a', 'b', 'c'].map((name) => queue.enqueue(request(name)))
    second!.cancel('ana')
    await expect(second!.outcome).rejects.toThrow('Cancelled by ana.')
    await settled()
    going[0]!.end()
    await first!.outcome
    await settled()
    going[1]!.end()
    await third!.outcome
    expect(going.map(({ trigger }) => trigger)).toEqual(['a', 'c'])
  })

  test('is bounded, and says so', async () => {
    const { queue } = given()
    for (let count = 0; count <= MOST_WAITING; count++) queue.enqueue(request('more'))
    expect(() => queue.enqueue(request('too many'))).toThrow(`${MOST_WAITING} runs wait already`)
    await queue.close(0)
  })

  test('says who waits for whom', async () => {
    const { queue } = given()
    for (const name of ['a', 'b', 'c']) queue.enqueue(request(name))
    expect(queue.list().map(({ trigger, waitsFor }) => [trigger, waitsFor])).toEqual([
      ['a', ''],
      ['b', 'a run that is being planned, which builds all'],
      ['c', 'a run that is being planned, which builds all'],
    ])
    await queue.close(0)
  })

  test('runs that build other assets go side by side, up to a number', async () => {
    const { queue, going, most } = given(2)
    const tickets = ['a', 'b', 'c'].map((name) => queue.enqueue(request(name, name)))
    await settled()
    expect(going.map(({ trigger }) => trigger)).toEqual(['a', 'b'])
    expect(queue.list().map(({ waitsFor }) => waitsFor)).toEqual(['', '', 'room: 2 runs go on'])
    going[1]!.end()
    await tickets[1]!.outcome
    await settled()
    expect(going.map(({ trigger }) => trigger)).toEqual(['a', 'b', 'c'])
    expect(most()).toBe(2)
    await queue.close(0)
  })

  test('a slow run and one that waits for it do not hold up others of the second', async () => {
    const { queue, going } = given()
    queue.enqueue(request('slow', 'x'))
    const everything = queue.enqueue(request('everything', 'x y'))
    for (const name of ['first', 'second']) {
      const quick = queue.enqueue(request(name, 'y'))
      await settled()
      going.at(-1)!.end()
      await quick.outcome
    }
    expect(going.map(({ trigger }) => trigger)).toEqual(['slow', 'first', 'second'])
    const last = queue.enqueue(request('third', 'y'))
    going[0]!.end()
    await settled()
    expect(queue.list().map(({ trigger, waitsFor }) => [trigger, waitsFor])).toEqual([
      ['everything', 'a run that is being planned, which builds y'],
      ['third', ''],
    ])
    // Its time has come: nobody passes it any more.
    queue.enqueue(request('fourth', 'y'))
    going.at(-1)!.end()
    await last.outcome
    await settled()
    expect(going.at(-1)!.trigger).toBe('everything')
    expect(queue.list().at(-1)!.waitsFor).toBe('a run that is being planned, which builds y')
    await queue.close(0)
    await expect(everything.outcome).rejects.toThrow('Cancelled')
  })

  test('a run that comes after another waits for it, whatever they build', async () => {
    const { queue, going } = given()
    const first = queue.enqueue(request('often', 'a'))
    queue.enqueue(request('seldom', 'b'), [first.ticket])
    await settled()
    expect(going.map(({ trigger }) => trigger)).toEqual(['often'])
    expect(queue.list()[1]!.waitsFor).toBe('a run that is being planned')
    going[0]!.end()
    await first.outcome
    await settled()
    expect(going.map(({ trigger }) => trigger)).toEqual(['often', 'seldom'])
    await queue.close(0)
  })

  test('whatever comes, runs that collide never meet, there is never too little going on, and all come to an end', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }), { minLength: 1, maxLength: 14 }),
        fc.infiniteStream(fc.nat()),
        async (wishes, chance) => {
          const { queue, going } = given(2)
          const begun = new Set<number>()
          const ended = new Set<number>()
          const tickets = wishes.map((wish, index) => queue.enqueue(request(`${index}`, wish.join(' '))))
          while (ended.size < wishes.length) {
            await settled()
            for (const { trigger } of going) begun.add(Number(trigger))
            const now = [...begun].filter((index) => !ended.has(index))
            expect(now.length).toBeGreaterThan(0)
            expect(now.length).toBeLessThanOrEqual(2)
            const held = now.flatMap((index) => wishes[index]!)
            expect(new Set(held).size).toBe(held.length)
            const next = now[chance.next().value! % now.length]!
            going.find(({ trigger }) => trigger === `${next}`)!.end()
            await tickets[next]!.outcome
            ended.add(next)
          }
          expect(queue.list()).toEqual([])
        },
      ),
      { numRuns: 60 },
    ))

  test('closing gives up what waits, lets the run that goes on end in time, and takes no more', async () => {
    const { queue, going } = given()
    const first = queue.enqueue(request('a'))
    const second = queue.enqueue(request('b'))
    await settled()
    const closed = queue.close(60_000)
    await expect(second.outcome).rejects.toThrow('Cancelled by the server, which is stopping.')
    expect(() => queue.enqueue(request('c'))).toThrow('stopping')
    going[0]!.end()
    await closed
    await expect(first.outcome).resolves.toBe(outcome)
  })
})
