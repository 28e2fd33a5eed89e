import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SseMessage, sseParser } from '../../../console/src/api/sse.js'

function read(...pieces: string[]): SseMessage[] {
  const found: SseMessage[] = []
  const parse = sseParser((message) => found.push(message))
  for (const piece of pieces) parse(piece)
  return found
}

describe('an event stream', () => {
  test('gives each event with its id, and several lines of data as one', () =>
    expect(read('id: 7\nevent: run\ndata: {"a":\ndata: 1}\n\n')).toEqual([
      { id: '7', event: 'run', data: '{"a":\n1}' },
    ]))

  test('takes comments and events without data for signs of life only', () =>
    expect(read(': beat\n\nid: 8\n\ndata: x\n\n')).toEqual([{ id: '8', event: 'message', data: 'x' }]))

  test('keeps the id for events that name none, and forgets the event’s name', () =>
    expect(read('id: 1\nevent: run\ndata: a\n\ndata: b\n\n')).toEqual([
      { id: '1', event: 'run', data: 'a' },
      { id: '1', event: 'message', data: 'b' },
    ]))

  test('waits for the end of an event that is cut off', () => expect(read('id: 1\ndata: a\n')).toEqual([]))

  test('reads the same however it is cut, with any line end', () => {
    const events = fc.array(fc.record({ id: fc.nat(), data: fc.stringMatching(/^[a-z:{} ]{1,20}$/) }), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(events, fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(200)), (sent, end, cuts) => {
        const text = `${sent.map(({ id, data }) => `id: ${id}${end}data: ${data}${end}${end}`).join('')}:${end}`
        const places = [...new Set(cuts.filter((cut) => cut < text.length))].sort((a, b) => a - b)
        const pieces = [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length))
        expect(read(...pieces).map(({ id, data }) => [id, data])).toEqual(
          sent.map(({ id, data }) => [String(id), data]),
        )
      }),
    )
  })
})
