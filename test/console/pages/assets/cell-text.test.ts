import { describe, expect, it } from 'vitest'
import { cellText, isNumeric, typeWord } from '../../../../console/src/pages/assets/cell-text.js'

describe('a value in the preview', () => {
  it('tells NULL and an empty text apart from the words for them', () => {
    expect(cellText(null)).toEqual({ text: 'NULL', tone: 'null' })
    expect(cellText('')).toEqual({ text: 'empty text', tone: 'empty' })
    expect(cellText('NULL')).toEqual({ text: 'NULL', tone: 'value' })
  })
  it('shows times without their T and without zeros that say nothing', () => {
    expect(cellText('2024-02-05T10:15:00.000Z').text).toBe('2024-02-05 10:15:00Z')
    expect(cellText('2024-02-05T10:15:00.250+00:00').text).toBe('2024-02-05 10:15:00.250Z')
    expect(cellText('2024-02-05').text).toBe('2024-02-05')
  })
  it('writes what is nested as JSON', () => {
    expect(cellText({ a: [1] }).text).toBe('{"a":[1]}')
  })
  it('puts numbers right, by the type and not by the value', () => {
    expect(['BIGINT', 'DOUBLE', 'DECIMAL(18,3)', 'UTINYINT'].every(isNumeric)).toBe(true)
    expect(['VARCHAR', 'DATE', 'INTERVAL', null].some(isNumeric)).toBe(false)
    expect(typeWord('TIMESTAMP WITH TIME ZONE')).toBe('timestamptz')
  })
})
