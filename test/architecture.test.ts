import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const SRC = resolve(import.meta.dirname, '../src')
const TEST = resolve(import.meta.dirname)

/** A folder imports lower ranks only, and of its own rank nobody. */
const RANKS: Readonly<Record<string, number>> = {
  base: 0,
  domain: 1,
  graph: 2,
  sql: 2,
  columns: 2,
  detect: 2,
  project: 3,
  planner: 3,
  adapters: 4,
  executor: 5,
  quality: 5,
  watch: 5,
  scheduler: 5,
  learning: 5,
  reports: 5,
  app: 6,
  server: 7,
  cli: 8,
}

type Import = { from: string; to: string }

const files = sourceFiles(SRC)
const imports = files.flatMap(importsOf)

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return sourceFiles(path)
    return /\.tsx?$/.test(name) ? [path] : []
  })
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  // Static and dynamic imports, re-exports, and type imports: all of them tie files together.
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)
  return [...found].map(([, path]) => ({
    from: relative(SRC, file),
    to: relative(SRC, resolve(dirname(file), path!)).replace(/\.js$/, '.ts'),
  }))
}

const room = (path: string): string => path.split('/')[0]!
const port = (path: string): string => path.split('/')[1]!

describe('the house', () => {
  test('has no folder without a rank', () => {
    const unknown = readdirSync(SRC).filter((name) => !name.includes('.') && RANKS[name] === undefined)
    expect(unknown).toEqual([])
  })

  test('imports only downwards, and never a sibling of the same rank', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (!from.includes('/') || room(from) === room(to)) return false
      return !(RANKS[room(to)]! < RANKS[room(from)]!)
    })
    expect(wrong).toEqual([])
  })

  test('keeps adapters of different ports apart', () => {
    const wrong = imports.filter(
      ({ from, to }) => room(from) === 'adapters' && room(to) === 'adapters' && port(from) !== port(to),
    )
    expect(wrong).toEqual([])
  })

  test('lets executor, quality and their siblings know only the ports of adapters', () => {
    const ports = new Set([
      'adapters/engines/engine.ts',
      'adapters/engines/physical-name.ts',
      'adapters/engines/query-result.ts',
      'adapters/engines/tenant-copies.ts',
      'adapters/state/store.ts',
      'adapters/state/tick-store.ts',
      'adapters/state/report-store.ts',
      'adapters/state/alert-store.ts',
      'adapters/runtimes/runtime.ts',
      'adapters/sources/source.ts',
      'adapters/sinks/sink.ts',
      'adapters/notifiers/notifier.ts',
    ])
    const wrong = imports.filter(
      ({ from, to }) => RANKS[room(from)] === 5 && room(to) === 'adapters' && !ports.has(to),
    )
    expect(wrong).toEqual([])
  })

  test('has no import cycle, type imports included', () => {
    expect(cycleOf(imports)).toEqual([])
  })

  test('is mirrored by its tests: each names a file or a folder of src, and maybe an aspect of it', () => {
    const tests = sourceFiles(TEST).map((file) => relative(TEST, file))
    const lost = tests.filter((file) => {
      if (!file.endsWith('.test.ts') || RANKS[room(file)] === undefined) return false
      const [subject] = file.slice(file.lastIndexOf('/') + 1).split('.')
      const source = join(SRC, dirname(file), subject!)
      // A port's suite is run by each implementation, in the folder of the implementation.
      if (subject === 'conformance') return !existsSync(dirname(source))
      return !existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`) && !existsSync(source)
    })
    expect(lost).toEqual([])
  })

  test('reads the clock and the environment in one place each', () => {
    const inCode = (file: string, word: RegExp) =>
      word.test(readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))
    const clock = files.filter((file) => inCode(file, /Date\.now\(\)/)).map((file) => relative(SRC, file))
    expect(clock).toEqual(['base/clock.ts'])
    const env = files.filter((file) => inCode(file, /process\.env/)).map((file) => relative(SRC, file))
    expect(env.filter((file) => file !== 'cli/main.ts' && !file.includes('/worker/'))).toEqual([])
  })
})

/** One cycle as a path, or nothing. */
function cycleOf(edges: readonly Import[]): string[] {
  const next = new Map<string, string[]>()
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to])
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return []
    path.push(file)
    for (const target of next.get(file) ?? []) {
      const cycle = visit(target)
      if (cycle.length > 0) return cycle
    }
    path.pop()
    done.add(file)
    return []
  }
  for (const file of next.keys()) {
    const cycle = visit(file)
    if (cycle.length > 0) return cycle
  }
  return []
}
