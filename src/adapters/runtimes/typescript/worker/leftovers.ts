import { env } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process as it is before an author's code runs, to be compared with what that leaves behind. */
export type Baseline = Readonly<{
  cwd: string
  env: string
  globals: ReadonlyMap<object, ReadonlyMap<PropertyKey, unknown>>
  listeners: string
  resources: ReadonlyMap<string, number>
}>

export function takeBaseline(): Baseline {
  return {
    cwd: process.cwd(),
    env: environment(),
    globals: new Map(SHARED.map((object) => [object, properties(object)])),
    listeners: listeners(),
    resources: resources(),
  }
}

const GRACE_MS = 250
const POLL_MS = 10

/**
 * What the author's code has left behind, in words, or null. Gives timers and requests still running a moment to
 * end: a promise nobody awaits may yet reject in this step, where it belongs.
 */
export async function leftovers(baseline: Baseline): Promise<string | null> {
  const deadline = performance.now() + GRACE_MS
  while (extraResources(baseline).length > 0 && performance.now() < deadline) await sleep(POLL_MS)
  const running = extraResources(baseline)
  if (running.length > 0) return `it left ${running.join(', ')} running`
  if (process.cwd() !== baseline.cwd) return 'it changed the working folder'
  if (environment() !== baseline.env) return 'it changed the environment'
  if (listeners() !== baseline.listeners) return 'it left listeners on process'
  if (process.exitCode !== undefined) return 'it set process.exitCode'
  return changedGlobal(baseline)
}

const environment = () => JSON.stringify(Object.entries(env).sort())

const listeners = () =>
  JSON.stringify(
    process
      .eventNames()
      .map((name) => [String(name), process.listenerCount(name)])
      .sort(),
  )

function resources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

function extraResources({ resources: before }: Baseline): string[] {
  return [...resources()].flatMap(([kind, count]) => {
    const extra = count - (before.get(kind) ?? 0)
    return extra > 0 ? [extra === 1 ? `a ${kind}` : `${extra} ${kind}s`] : []
  })
}

/** What every module of a process shares and an author may change by accident or habit. */
const SHARED: readonly object[] = [
  globalThis,
  console,
  process,
  ...[
    Object,
    Array,
    String,
    Number,
    Boolean,
    Date,
    Math,
    JSON,
    Promise,
    Map,
    Set,
    RegExp,
    Error,
    Function,
    Symbol,
  ],
  ...[Object, Array, String, Number, Boolean, Date, Promise, Map, Set, RegExp, Error, Function].map(
    // A cast: `prototype` of these constructors is an object.
    (shared) => shared.prototype as object,
  ),
]

/** Values, or getters for accessors: reading an accessor of globalThis may load a module. */
function properties(object: object): Map<PropertyKey, unknown> {
  const descriptors = Object.getOwnPropertyDescriptors(object) as Record<PropertyKey, PropertyDescriptor>
  return new Map(
    Reflect.ownKeys(descriptors).map((key) => [key, descriptors[key]?.get ?? descriptors[key]?.value]),
  )
}

function changedGlobal({ globals }: Baseline): string | null {
  for (const [object, before] of globals) {
    const now = properties(object)
    const changed = [...before, ...now].find(
      ([key]) => !IGNORED.has(key) && !Object.is(now.get(key), before.get(key)),
    )
    if (changed) return `it changed the global ${String(changed[0])}`
  }
  return null
}

/** Properties Node itself changes as it goes along. */
const IGNORED: ReadonlySet<PropertyKey> = new Set([
  '_events',
  '_eventsCount',
  'exitCode',
  'env',
  'stdin',
  '_exiting',
])
