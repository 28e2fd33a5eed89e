import type { LineageNode } from '../../src/app/project-lineage.js'
import { random } from './random.js'

export type Made = Readonly<{
  name: string
  kind: 'source' | 'sql' | 'typescript'
  inputs: readonly string[]
  description: string
  owner: string
  rows: number
  usualMs: number
  deliver: readonly string[]
}>

const asset = (
  name: string,
  kind: Made['kind'],
  inputs: string,
  rows: number,
  usualMs: number,
  owner: string,
  description: string,
  deliver: readonly string[] = [],
): Made => ({
  name,
  kind,
  inputs: inputs === '' ? [] : inputs.split(' '),
  rows,
  usualMs,
  owner,
  description,
  deliver,
})

const WASHROOMS: readonly Made[] = [
  asset('raw.customers', 'source', '', 42, 120, 'business', 'Customers and their contracts'),
  asset('raw.devices', 'source', '', 1_860, 180, 'hardware', 'Every device that was ever installed'),
  asset('raw.readings', 'source', '', 2_140_311, 1_450, 'hardware', 'Every reading as the device sent it'),
  asset('raw.supplies', 'source', '', 9_604, 210, 'business', 'Refills, as the cleaners report them'),
  asset('raw.washrooms', 'source', '', 412, 130, 'business', 'Washrooms of all customers'),
  asset(
    'staging.devices',
    'sql',
    'raw.devices raw.washrooms',
    1_811,
    140,
    'data',
    'Devices in use, with their washroom',
  ),
  asset(
    'staging.readings',
    'sql',
    'raw.readings staging.devices',
    2_139_870,
    2_210,
    'data',
    'Readings of known devices, once each',
  ),
  asset(
    'staging.door_counts',
    'sql',
    'staging.readings',
    1_420_077,
    1_320,
    'data',
    'People in and out, by door counter',
  ),
  asset(
    'staging.levels',
    'sql',
    'staging.readings raw.supplies',
    719_793,
    1_080,
    'data',
    'Fill levels of tanks and dispensers',
  ),
  asset(
    'marts.traffic_hourly',
    'sql',
    'staging.door_counts',
    288_204,
    940,
    'data',
    'Visits by washroom and hour',
    ['marts.traffic_hourly>app:insights.traffic_hourly'],
  ),
  asset(
    'marts.status',
    'typescript',
    'staging.levels staging.devices',
    412,
    620,
    'data',
    'What each washroom needs now',
    ['marts.status>app:insights.status'],
  ),
  asset(
    'marts.forecast',
    'typescript',
    'marts.traffic_hourly',
    69_216,
    3_900,
    'data',
    'Visits expected in the next seven days',
    ['marts.forecast>app:insights.forecast'],
  ),
  asset(
    'marts.consumption_daily',
    'sql',
    'staging.levels',
    18_540,
    510,
    'data',
    'Soap, paper and sanitizer used each day',
    ['marts.consumption_daily>lake:consumption'],
  ),
  asset(
    'marts.device_health',
    'sql',
    'staging.devices staging.readings',
    1_811,
    730,
    'hardware',
    'Battery, signal and silence of each device',
  ),
]

const NOUNS = [
  'orders',
  'visits',
  'sensors',
  'shifts',
  'contracts',
  'invoices',
  'routes',
  'alarms',
  'stock',
  'scores',
]
const LAYERS = ['raw', 'staging', 'marts'] as const

/** The washrooms, and as many more as are wished for, three layers of each area. */
export function madeAssets(wished: number): readonly Made[] {
  const made = [...WASHROOMS]
  const next = random(7)
  for (let number = 0; made.length < wished; number++) {
    const layer = LAYERS[number % 3]!
    const area = `area_${String(Math.floor(number / 30)).padStart(2, '0')}`
    const noun = NOUNS[Math.floor(number / 3) % NOUNS.length]!
    const name = `${area}.${layer}_${noun}`
    const inputs = layer === 'raw' ? '' : `${area}.${LAYERS[LAYERS.indexOf(layer) - 1]}_${noun}`
    const kind = layer === 'raw' ? 'source' : 'sql'
    made.push(
      asset(
        name,
        kind,
        inputs,
        Math.floor(next() * 1e6),
        100 + Math.floor(next() * 4_000),
        'data',
        `${noun} of ${area}`,
      ),
    )
  }
  return made
}

export const readersOf = (all: readonly Made[], name: string): readonly string[] =>
  all.filter(({ inputs }) => inputs.includes(name)).map((made) => made.name)

export const lineageNode = (all: readonly Made[], made: Made): LineageNode => ({
  asset: made.name,
  kind: made.kind,
  inputs: made.inputs,
  readers: readersOf(all, made.name),
  deliveries: made.deliver,
  columns: [],
  upstream: made.kind === 'source' ? `app hardware.${made.name.split('.')[1]}` : null,
})
