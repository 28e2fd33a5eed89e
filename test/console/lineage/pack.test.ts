import { describe, expect, it } from 'vitest'
import { pack } from '../../../console/src/lineage/pack.js'

describe('parts of a picture side by side', () => {
  it('do not touch, and are about twice as wide as high together', () => {
    const blocks = Array.from({ length: 36 }, () => ({ width: 216, height: 58 }))
    const { corners, width, height } = pack(blocks, 24)
    expect(new Set(corners.map(({ x, y }) => `${x},${y}`)).size).toBe(36)
    expect(width / height).toBeGreaterThan(1.3)
    expect(width / height).toBeLessThan(3)
  })
  it('begin with the highest and the widest', () => {
    const { corners } = pack(
      [
        { width: 100, height: 50 },
        { width: 400, height: 50 },
        { width: 100, height: 200 },
      ],
      10,
    )
    expect(corners[2]).toEqual({ x: 0, y: 0 })
    expect(corners[1]!.y).toBeLessThanOrEqual(corners[0]!.y)
  })
  it('are nothing where there is nothing', () => {
    expect(pack([], 24)).toEqual({ corners: [], width: 0, height: 0 })
  })
})
