import { describe, expect, it } from 'vitest'
import { drawingOf, MOST_NODES } from '../../../console/src/lineage/drawing.js'
import { layoutOf } from '../../../console/src/lineage/layout.js'
import { type Graph, neighbourhood } from '../../../console/src/lineage/neighbourhood.js'
import { lineageOf } from './lineage-of.js'

const NONE: ReadonlySet<string> = new Set()
const all = (graph: Graph) => new Map([...graph.keys()].map((asset) => [asset, 0]))

/** 20 folders of 50: each asset reads its namesake one folder before. */
const THOUSAND = lineageOf(
  Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => {
      const [folder, place] = [Math.floor(index / 50), index % 50]
      return [`f${folder}.t${place}`, folder === 0 ? [] : [`f${folder - 1}.t${place}`]]
    }),
  ),
)
const whole = (openFolders: ReadonlySet<string> = NONE, broken: ReadonlySet<string> = NONE) =>
  drawingOf({ graph: THOUSAND, shown: all(THOUSAND), focus: null, openFolders, broken, folded: true })

describe('what is drawn', () => {
  it('is a folder each of a project of 1,000 assets, with one edge between two that stands for all', () => {
    const { nodes, edges } = whole()
    expect(nodes).toHaveLength(20)
    expect(edges).toHaveLength(19)
    expect(edges[0]!.reads).toBe(50)
  })
  it('is never the whole of a large folder, and what broke is among the shown', () => {
    const { nodes } = whole(new Set(['f3']), new Set(['f3.t49']))
    expect(nodes.length).toBeLessThanOrEqual(MOST_NODES + 1)
    expect(nodes.some((node) => node.kind === 'asset' && node.asset === 'f3.t49')).toBe(true)
    const rest = nodes.find((node) => node.kind === 'folder' && node.part)
    expect(rest?.kind === 'folder' && rest.assets.length).toBe(10)
  })
  it('is every asset where they fit', () => {
    const graph = lineageOf({ 'raw.a': [], 'raw.b': [], 'm.c': ['raw.a', 'raw.b'] })
    const { nodes } = drawingOf({
      graph,
      shown: neighbourhood(graph, 'm.c', 2, NONE),
      focus: 'm.c',
      openFolders: NONE,
      broken: NONE,
      folded: false,
    })
    expect(nodes.map(({ id }) => id)).toEqual(['m.c', 'raw.a', 'raw.b'])
  })
  it('closes the largest folders around an asset first, and what is above stays apart from what is below', () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`raw.t${index}`, []]))
    const graph = lineageOf({
      ...many,
      'm.one': [],
      'm.here': [...Object.keys(many), 'm.one'],
      'raw.below': ['m.here'],
      'raw.below2': ['m.here'],
    })
    const { nodes } = drawingOf({
      graph,
      shown: neighbourhood(graph, 'm.here', 2, NONE),
      focus: 'm.here',
      openFolders: NONE,
      broken: NONE,
      folded: false,
    })
    expect(nodes.map(({ id }) => id)).toEqual(['folder:-1:raw', 'm.here', 'm.one', 'raw.below', 'raw.below2'])
  })
  it('marks the edges into what broke and those behind it', () => {
    const graph = lineageOf({ 'r.a': [], 'r.b': ['r.a'], 'm.c': ['r.b'], 'm.d': ['m.c'], 'm.e': ['r.a'] })
    const { edges } = drawingOf({
      graph,
      shown: all(graph),
      focus: null,
      openFolders: new Set(['r', 'm']),
      broken: new Set(['r.b']),
      folded: true,
    })
    expect(Object.fromEntries(edges.map(({ from, to, tone }) => [`${from}→${to}`, tone]))).toEqual({
      'r.a→r.b': 'into',
      'r.b→m.c': 'behind',
      'm.c→m.d': 'behind',
      'r.a→m.e': 'plain',
    })
  })
})

describe('the layout', () => {
  it('puts every reader to the right of what it reads, and none on another', () => {
    const drawing = whole()
    const { places } = layoutOf(drawing)
    for (const { from, to } of drawing.edges) expect(places.get(from)!.x).toBeLessThan(places.get(to)!.x)
    expect(new Set([...places.values()].map(({ x, y }) => `${x},${y}`)).size).toBe(drawing.nodes.length)
  })
  it('stands two folders that read each other', () => {
    const graph = lineageOf({ 'a.x': [], 'b.y': ['a.x'], 'a.z': ['b.y'], 'b.w': [] })
    const drawing = drawingOf({
      graph,
      shown: all(graph),
      focus: null,
      openFolders: NONE,
      broken: NONE,
      folded: true,
    })
    expect(drawing.edges).toHaveLength(2)
    expect(layoutOf(drawing).places.size).toBe(2)
  })
})
