import { AXIS } from './palette.js'
import { label, rule, WIDTH } from './svg.js'
import { LARGEST_TEXT, shortened, textWidth } from './text-width.js'

const BELOW = 20
/** Between two labels, or they read as one. */
const SPACE = 14
const LONGEST = 130

/** What stands below an upright chart. Labels that would run into each other are left out, every so many. */
export function slotAxis(
  labels: readonly string[],
  at: (slot: number) => number,
  { zero, bottom, left, right }: Readonly<{ zero: number; bottom: number; left: number; right: number }>,
): string {
  const written = labels.flatMap((text, slot) =>
    text === '' ? [] : [{ text: shortened(text, LONGEST), x: at(slot) }],
  )
  const every = sparseness(written)
  const texts = written
    .filter((_, index) => index % every === 0)
    .map(({ text, x }) => {
      const half = textWidth(text) / 2
      if (x - half < 0) return label(text, 0, bottom + BELOW)
      if (x + half > WIDTH) return label(text, WIDTH, bottom + BELOW, { anchor: 'end' })
      return label(text, x, bottom + BELOW, { anchor: 'middle' })
    })
  return rule(zero, [left, right], AXIS) + texts.join('')
}

function sparseness(written: readonly Readonly<{ text: string; x: number }>[]): number {
  const [first, second] = written
  if (first === undefined || second === undefined) return 1
  const widest = written.reduce((most, { text }) => Math.max(most, textWidth(text, LARGEST_TEXT)), 0)
  const step = (written.at(-1)!.x - first.x) / (written.length - 1)
  return Math.max(1, Math.ceil((widest + SPACE) / step))
}
