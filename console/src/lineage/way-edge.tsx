import { BaseEdge, type EdgeProps } from '@xyflow/react'
import { type Place, smoothPath } from './layout.js'

/** An edge that goes around the nodes between its ends, on the way the layout found. */
export function WayEdge(props: EdgeProps) {
  const { id, sourceX, sourceY, targetX, targetY, data, style, markerEnd, label } = props
  const way = (data?.way ?? []) as readonly Place[]
  const points = [{ x: sourceX, y: sourceY }, ...way, { x: targetX, y: targetY }]
  const middle = labelPlace(points)
  return (
    <BaseEdge
      id={id}
      path={smoothPath(points)}
      {...(style ? { style } : {})}
      {...(markerEnd ? { markerEnd } : {})}
      {...(label ? { label, labelX: middle.x, labelY: middle.y } : {})}
      labelBgPadding={[3, 1]}
    />
  )
}

function labelPlace(points: readonly Place[]): Place {
  const half = (points.length - 1) / 2
  const [a, b] = [points[Math.floor(half)]!, points[Math.ceil(half)]!]
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}
