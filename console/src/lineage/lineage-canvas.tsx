import '@xyflow/react/dist/base.css'
import {
  Background,
  Controls,
  type Edge,
  MarkerType,
  type Node,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react'
import { useEffect, useMemo } from 'react'
import type { Drawing, DrawnEdge } from './drawing.js'
import { type Layout, layoutOf, NODE_HEIGHT, NODE_WIDTH, type Place } from './layout.js'
import classes from './lineage.module.css'
import { AssetNode, FolderNode, type NodeFacts } from './lineage-nodes.js'
import { WayEdge } from './way-edge.js'

type Props = Readonly<{
  drawing: Drawing
  facts: NodeFacts
  label: string
  /** Kept in the middle when the picture is first shown. */
  focus: string | null
}>

/** The picture: left to right, in the direction rows flow. It can be moved and zoomed; the list says the same in words. */
export function LineageCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
}

const NODE_TYPES = { asset: AssetNode, folder: FolderNode }

const EDGE_TYPES = { way: WayEdge }

function Canvas({ drawing, facts, label, focus }: Props) {
  const layout = useMemo(() => layoutOf(drawing), [drawing])
  const { places } = layout
  const nodes = useMemo(() => flowNodes(drawing, places, facts), [drawing, places, facts])
  const edges = useMemo(() => drawing.edges.map((edge) => flowEdge(edge, layout)), [drawing, layout])
  return (
    <div className={classes.canvas} style={{ height: canvasHeight(layout) }}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        zoomOnScroll={false}
        minZoom={0.2}
        maxZoom={1.5}
        aria-label={label}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={20} size={1} color="var(--line)" />
        <Controls showInteractive={false} aria-label="Zoom of the picture" />
        <Fit places={places} focus={focus} />
      </ReactFlow>
    </div>
  )
}

/** As high as what it shows, within what a window can. */
const canvasHeight = ({ height }: Layout): number => Math.min(600, Math.max(280, Math.round(height + 60)))

const READABLE_ZOOM = 0.62

/** Shows all of it where that can still be read, otherwise its middle. */
function Fit({ places, focus }: Readonly<{ places: ReadonlyMap<string, Place>; focus: string | null }>) {
  const flow = useReactFlow()
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      void flow.fitView({ padding: 0.08, maxZoom: 1 }).then(() => {
        const middle = focus === null ? null : places.get(focus)
        if (!middle || flow.getZoom() >= READABLE_ZOOM) return
        void flow.setCenter(middle.x + NODE_WIDTH / 2, middle.y + NODE_HEIGHT / 2, { zoom: READABLE_ZOOM })
      })
    })
    return () => cancelAnimationFrame(frame)
  }, [flow, places, focus])
  return null
}

function flowNodes(drawing: Drawing, places: ReadonlyMap<string, Place>, facts: NodeFacts): Node[] {
  return drawing.nodes.map((node) => ({
    id: node.id,
    type: node.kind,
    position: places.get(node.id) ?? { x: 0, y: 0 },
    width: NODE_WIDTH,
    height: NODE_HEIGHT,
    sourcePosition: Position.Right,
    targetPosition: Position.Left,
    data: { node, facts },
  }))
}

function flowEdge({ id, from, to, reads, tone }: DrawnEdge, { ways }: Layout): Edge {
  const colour = tone === 'into' ? 'var(--bad)' : tone === 'behind' ? 'var(--held)' : 'var(--line-strong)'
  return {
    id,
    type: 'way',
    data: { way: ways.get(id) ?? [] },
    source: from,
    target: to,
    label: reads > 1 ? String(reads) : '',
    className: classes.edge!,
    style: {
      stroke: colour,
      strokeWidth: tone === 'into' ? 2.5 : 1.5,
      ...(tone === 'behind' ? { strokeDasharray: '6 4' } : {}),
    },
    markerEnd: { type: MarkerType.ArrowClosed, color: colour, width: 16, height: 16 },
  }
}
