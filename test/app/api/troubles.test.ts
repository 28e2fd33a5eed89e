import { describe, expect, test } from 'vitest'
import { reachIn, type TroubleEvidence } from '../../../src/app/api/trouble-evidence.js'
import { findTroubles } from '../../../src/app/api/troubles.js'
import { appError } from '../../../src/app/errors.js'
import type { Graph } from '../../../src/graph/order.js'
import { checkResult, step } from '../../conformance/store.js'
import { alert, delivery, latest, MINUTE, NOW, released, standing } from './standing.js'

const GRAPH = new Map([
  ['a.one', []],
  ['a.two', ['a.one']],
  ['a.three', ['a.two']],
])

function troubles({ graph = GRAPH, ...change }: Partial<TroubleEvidence> & { graph?: Graph }) {
  return findTroubles({
    standings: [],
    steps: new Map(),
    reach: reachIn(graph, change.standings ?? [], change.deliveries ?? []),
    deliveries: [],
    alerts: [],
    broken: null,
    moments: { now: NOW, timezone: 'Europe/Dublin', releasedAt: new Map([[5, NOW - 2 * 60 * MINUTE]]) },
    ...change,
  })
}

const held = (name: string) =>
  standing(name, { health: 'held', latest: latest({ asset: name, status: 'held' }) })
const heldStep = (name: string) => ({
  ...step(name, {
    status: 'held',
    checks: [checkResult(name, { failedRows: 31, message: '31 of 4,812 rows have no washroom_id' })],
  }),
  run: 7,
})

describe('what needs somebody', () => {
  test('nothing, when all is well', () => {
    expect(troubles({ standings: [standing('a.one')], deliveries: [delivery('a.one')] })).toEqual([])
  })

  test('held rows, with what customers still see and the command that shows them', () => {
    const found = troubles({
      standings: [held('a.one')],
      steps: new Map([['a.one', heldStep('a.one')]]),
      deliveries: [delivery('a.two')],
    })
    expect(found).toEqual([
      {
        kind: 'held',
        asset: 'a.one',
        text: '31 of 4,812 rows have no washroom_id',
        readers: 'Customers still see release 5 (10:00).',
        run: 7,
        alert: null,
        next: 'millrace check a.one --rows',
      },
    ])
  })

  test('what only waits for it or stays back with it is told with it, and nowhere else', () => {
    const found = troubles({
      standings: [
        held('a.one'),
        held('a.two'),
        standing('a.three', { health: 'late', latest: latest({ asset: 'a.three', status: 'skipped' }) }),
      ],
      steps: new Map([
        ['a.one', heldStep('a.one')],
        ['a.two', { ...step('a.two', { status: 'held', reason: 'stays back with a.one' }), run: 7 }],
      ]),
    })
    expect(found.map(({ asset, text }) => [asset, text])).toEqual([
      ['a.one', '31 of 4,812 rows have no washroom_id; 1 asset waits for it'],
    ])
  })

  test('what was left out and not built since is late, once what it reads is well again', () => {
    const reason = 'a.one, which it reads, was held'
    const left = standing('a.two', {
      health: 'late',
      lateSince: NOW - 3 * 60 * MINUTE,
      latest: latest({ asset: 'a.two', status: 'skipped', reason }),
    })
    expect(troubles({ standings: [standing('a.one'), left] })).toMatchObject([
      {
        kind: 'late',
        asset: 'a.two',
        text: '3 hours late; it was left out at 09:00: a.one, which it reads, was held',
        next: 'millrace run --select a.two',
      },
    ])
  })

  test('what stays back with something that is no longer there is told by its reason', () => {
    const [trouble] = troubles({
      standings: [held('a.two')],
      steps: new Map([
        ['a.two', { ...step('a.two', { status: 'held', reason: 'stays back with a.gone' }), run: 7 }],
      ]),
    })
    expect(trouble).toMatchObject({ kind: 'held', asset: 'a.two' })
  })

  test('a failed step, in the words of its error', () => {
    const error = { code: 'X', message: 'the source does not answer', hint: '' }
    const found = troubles({
      standings: [
        standing('a.one', { health: 'failed', latest: latest({ status: 'failed' }), released: null }),
      ],
      steps: new Map([['a.one', { ...step('a.one', { status: 'failed', error }), run: 7 }]]),
    })
    expect(found).toMatchObject([
      {
        kind: 'failed',
        text: 'The source does not answer',
        readers: 'Nobody sees rows of it: nothing is released yet.',
        next: 'millrace run --select a.one+',
      },
    ])
  })

  test('what is late says by how much and since when, in the project’s zone', () => {
    const [trouble] = troubles({
      standings: [standing('a.one', { health: 'late', lateSince: NOW - 40 * MINUTE })],
    })
    expect(trouble).toMatchObject({
      kind: 'late',
      text: '40 minutes late; it was due at 11:20',
      readers: 'Readers still see release 5 (11:50).',
    })
  })

  test('a delivery that was refused names both releases; one that was not tried yet is none', () => {
    const found = troubles({
      deliveries: [
        delivery('a.one', { status: 'refused', wanted: 6, error: 'column visits is missing' }),
        delivery('a.two', { status: 'waiting', wanted: 6, attempts: 0 }),
        delivery('a.three', { status: 'held', wanted: 6, delivered: 0 }),
      ],
    })
    expect(found.map(({ asset, text, readers }) => [asset, text, readers])).toEqual([
      [
        'a.one',
        'insights.a.one should show release 6 and shows 5: column visits is missing',
        'Customers still see release 5 (10:00).',
      ],
      [
        'a.three',
        'insights.a.three should show release 6 and shows nothing yet: a check held the delivery',
        'Customers see nothing of it yet: nothing was delivered.',
      ],
    ])
  })

  test('a project that cannot be run', () => {
    const broken = appError('PROJECT_INVALID', { diagnostics: [] })
    expect(troubles({ broken })).toMatchObject([{ kind: 'project', asset: null, next: 'millrace plan' }])
  })

  test('an alert about a trouble that is listed belongs to it; others stand for themselves, pending ones do not', () => {
    const found = troubles({
      standings: [held('a.one')],
      steps: new Map([['a.one', heldStep('a.one')]]),
      alerts: [
        alert({ id: 3, kind: 'held', asset: 'a.one' }),
        alert({ id: 4, kind: 'slow', asset: 'a.one' }),
        alert({ id: 5, kind: 'rows', state: 'pending' }),
        alert({ id: 6, kind: 'report', asset: null, title: 'weekly failed' }),
      ],
    })
    expect(found.map(({ kind, alert }) => [kind, alert])).toEqual([
      ['held', 3],
      ['report', 6],
      ['alert', 4],
    ])
  })

  test('the worst comes first: what customers see before what nobody reads', () => {
    const late = { health: 'late', lateSince: NOW - 5 * MINUTE } as const
    const found = troubles({
      standings: [standing('b.nobody', late), standing('a.one', late), held('a.two')],
      steps: new Map([['a.two', heldStep('a.two')]]),
      graph: new Map([...GRAPH, ['b.nobody', []]]),
      deliveries: [delivery('a.three')],
    })
    expect(found.map(({ kind, asset }) => [kind, asset])).toEqual([
      ['held', 'a.two'],
      ['late', 'a.one'],
      ['late', 'b.nobody'],
    ])
  })

  test('of a thousand late assets the worst are told, in no time', () => {
    const names = Array.from({ length: 1000 }, (_, at) => `b.n${at}`)
    const graph = new Map(
      names.map((name, at) => [name, at === 0 ? [] : [names[at - 1]!, names[Math.floor(at / 2)]!]]),
    )
    const late = names.map((name) => standing(name, { health: 'late', lateSince: NOW - MINUTE }))
    const began = performance.now()
    const found = troubles({ standings: late, graph, deliveries: [delivery('b.n500')] })
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(found).toHaveLength(200)
    expect(found[0]?.readers).toContain('Customers')
  })

  test('customers of several targets that show different releases', () => {
    const [trouble] = troubles({
      standings: [{ ...held('a.one'), released: released() }],
      steps: new Map([['a.one', heldStep('a.one')]]),
      deliveries: [delivery('a.two', { delivered: 5 }), delivery('a.three', { delivered: 8 })],
    })
    expect(trouble?.readers).toBe('Customers still see releases 5 to 8, the oldest from 10:00.')
  })
})
