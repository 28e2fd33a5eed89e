import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeNumeric,
  decodeScaled,
  encodeNumeric,
  encodeScaled,
} from '../../../src/columns/postgres-binary/numeric.js'

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('numeric in binary', () => {
  it.each([
    ['0', '0000000000000000'],
    ['-12.50', '000200004000000200' + '0c1388'],
    ['10000', '0001000100000000' + '0001'],
    ['0.0001', '0001ffff00000004' + '0001'],
    ['1234567.89', '0003000100000002' + '007b11d722c4'],
  ])('%s is what numeric_send sends', (text, bytes) => {
    expect(hex(encodeNumeric(text))).toBe(bytes)
    expect(decodeNumeric(view(encodeNumeric(text)), 0)).toBe(text)
  })

  it('reads exponents, signs and the special values', () => {
    const roundTrip = (text: string) => decodeNumeric(view(encodeNumeric(text)), 0)
    expect(roundTrip('1e-7')).toBe('0.0000001')
    expect(roundTrip('-2.5E+10')).toBe('-25000000000')
    expect(roundTrip('+.5')).toBe('0.5')
    expect(['nan', 'inf', '-Infinity'].map(roundTrip)).toEqual(['NaN', 'Infinity', '-Infinity'])
    expect(() => encodeNumeric('1,5')).toThrow('"1,5" is no number')
  })

  it('keeps every digit of any decimal text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat(30), (digits, scale) => {
        const text = decimalText(digits, scale)
        expect(decodeNumeric(view(encodeNumeric(text)), 0)).toBe(text)
      }),
    )
  })

  it('scaled integers of up to 18 digits equal their text', () => {
    const scratch = new DataView(new ArrayBuffer(32))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }),
          fc.bigInt({ min: -99_999n, max: 99_999n }),
          fc.nat(12).map((power) => 10n ** BigInt(power)),
        ),
        fc.nat(18),
        (value, scale) => {
          const length = encodeScaled(value, scale, scratch, 0)
          const bytes = new Uint8Array(scratch.buffer, 0, length)
          expect(hex(bytes)).toBe(hex(encodeNumeric(decimalText(value, scale))))
          expect(decodeScaled(scratch, 0, scale, 18)).toBe(value)
        },
      ),
    )
  })

  it('scaled integers of up to 38 digits equal their text', () => {
    const scratch = new DataView(new ArrayBuffer(32))
    const digits = fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })
    fc.assert(
      fc.property(digits, fc.nat(38), (value, scale) => {
        const length = encodeScaled(value, scale, scratch, 0)
        const bytes = new Uint8Array(scratch.buffer, 0, length)
        expect(hex(bytes)).toBe(hex(encodeNumeric(decimalText(value, scale))))
        expect(decodeScaled(scratch, 0, scale, 38)).toBe(value)
      }),
    )
  })

  it('refuses to scale what would lose digits', () => {
    const scaled = (text: string, scale: number) => decodeScaled(view(encodeNumeric(text)), 0, scale, 18)
    expect(scaled('1.25', 1)).toBeNull()
    expect(scaled('NaN', 2)).toBeNull()
    expect(scaled('Infinity', 2)).toBeNull()
    expect(scaled('1000000000000000000', 0)).toBeNull()
    expect(scaled('0.00000000000000000000000000000001', 3)).toBeNull()
  })
})

function decimalText(digits: bigint, scale: number): string {
  const sign = digits < 0n ? '-' : ''
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
  if (scale === 0) return sign + text
  return `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`
}
