import { escapeHtml } from '../render/escape-html.js'
import { INK } from './palette.js'
import { TEXT } from './text-width.js'

export const WIDTH = 640

/** Tenths of a unit are more than an eye or a printer tells apart. */
export const tenth = (value: number): number => Math.round(value * 10) / 10

/** The whole picture, as wide as its page lets it be. It says nothing aloud: its figure does that in words. */
export const picture = (height: number, content: string): string =>
  `<svg viewBox="0 0 ${WIDTH} ${Math.ceil(height)}" aria-hidden="true" focusable="false" font-size="${TEXT}" fill="${INK}">${content}</svg>`

export type Anchor = 'start' | 'middle' | 'end'

export function label(
  text: string,
  x: number,
  y: number,
  { anchor = 'start', fill }: Readonly<{ anchor?: Anchor; fill?: string }> = {},
): string {
  if (text === '') return ''
  const aligned = anchor === 'start' ? '' : ` text-anchor="${anchor}"`
  const coloured = fill === undefined ? '' : ` fill="${fill}"`
  return `<text x="${tenth(x)}" y="${tenth(y)}"${aligned}${coloured}>${escapeHtml(text)}</text>`
}

/** A straight line along the width. */
export const rule = (y: number, [from, to]: readonly [number, number], color: string): string =>
  `<path d="M${tenth(from)} ${tenth(y)}H${tenth(to)}" stroke="${color}"/>`

/** A bar from the zero line to its value, with round corners at the value's end only. */
export function bar(
  across: Readonly<{ from: number; size: number }>,
  [zero, end]: readonly [number, number],
  direction: 'up' | 'right',
): string {
  const grows = Math.sign(end - zero)
  const corner = Math.min(2, Math.abs(end - zero), across.size / 2)
  const [a, b] = [tenth(across.from), tenth(across.from + across.size)]
  const [inner, start, tip] = [tenth(end - grows * corner), tenth(zero), tenth(end)]
  const [near, far] = [tenth(across.from + corner), tenth(across.from + across.size - corner)]
  return direction === 'up'
    ? `M${a} ${start}V${inner}Q${a} ${tip} ${near} ${tip}H${far}Q${b} ${tip} ${b} ${inner}V${start}Z`
    : `M${start} ${a}H${inner}Q${tip} ${a} ${tip} ${near}V${far}Q${tip} ${b} ${inner} ${b}H${start}Z`
}
