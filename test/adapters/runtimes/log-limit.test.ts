import { expect, test } from 'vitest'
import { LogLimit } from '../../../src/adapters/runtimes/log-limit.js'

function limited() {
  const lines: string[] = []
  const clock = { now: 0, monotonic: () => clock.now }
  return { lines, clock, limit: new LogLimit(clock, (level, message) => lines.push(`${level} ${message}`)) }
}

test('LogLimit lets a burst through, then says how many lines it dropped', () => {
  const { lines, limit } = limited()
  for (let i = 0; i < 600; i++) limit.push('info', `line ${i}`)
  expect(lines).toHaveLength(500)
  limit.flush()
  expect(lines.at(-1)).toBe('warn … 100 lines of log dropped')
})

test('LogLimit lets lines through again as time passes', () => {
  const { lines, clock, limit } = limited()
  for (let i = 0; i < 501; i++) limit.push('info', 'x')
  clock.now = 1_000
  for (let i = 0; i < 150; i++) limit.push('info', 'later')
  expect(lines[500]).toBe('warn … 1 line of log dropped')
  expect(lines.filter((line) => line === 'info later')).toHaveLength(100)
})

test('LogLimit tells of a flood once a second', () => {
  const { lines, clock, limit } = limited()
  for (clock.now = 0; clock.now < 3_000; clock.now += 0.5) limit.push('info', 'x')
  expect(lines.filter((line) => line.includes('dropped'))).toHaveLength(2)
})

test('LogLimit shortens a long line and says by how much', () => {
  const { lines, limit } = limited()
  limit.push('error', 'y'.repeat(5_000), 10)
  expect(lines[0]).toMatch(/^error y{4000}… \(1010 more characters\)$/)
})
