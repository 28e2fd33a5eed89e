import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RunOutcome, RunRequestBody } from '../../../src/app/api/api.js'
import type { QueueEntry } from '../../../src/app/api/shapes.js'
import { MOST_WAITING, type Perform, RunQueue } from '../../../src/app/live/run-queue.js'
import { systemClock } from '../../../src/base/clock.js'

const request = (trigger: string): RunRequestBody => ({
  select: null,
  full: false,
  start: null,
  end: null,
  accept: [],
  trigger,
})
const outcome = { result: {}, sources: [] } as unknown as RunOutcome

/** A queue whose runs end when they are told to. */
function given() {
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
  const queue = new RunQueue(perform, systemClock, (entries) => seen.push(entries))
  return { queue, going, seen, most: () => most }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the queue of a server', () => {
  test('runs one after the other, in the order they came, whatever becomes of each', () =>
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
    expect(() => queue.enqueue(request('too many'))).toThrow(`${MOST_WAITING + 1} runs wait already`)
    await queue.close(0)
  })

  test('says who waits for whom', async () => {
    const { queue } = given()
    for (const name of ['a', 'b', 'c']) queue.enqueue(request(name))
    expect(queue.list().map(({ trigger, waitsFor }) => [trigger, waitsFor])).toEqual([
      ['a', ''],
      ['b', 'a run that is being planned'],
      ['c', 'a run that is being planned and 1 more'],
    ])
    await queue.close(0)
  })

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
