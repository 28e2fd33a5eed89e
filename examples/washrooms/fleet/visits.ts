import type { LocalHour } from './calendar.js'

export const SITE_KINDS = ['office', 'mall', 'airport', 'hospital', 'campus'] as const
export type SiteKind = (typeof SITE_KINDS)[number]

/** Share of the peak hour's visits, by local hour 0 to 23, on an ordinary day. Zero is closed. */
const DAY_SHAPES: Readonly<Record<SiteKind, readonly number[]>> = {
  office: [0, 0, 0, 0, 0, 0, 0, 0.2, 0.55, 0.8, 1, 0.85, 0.95, 1, 0.8, 0.85, 0.7, 0.45, 0.2, 0, 0, 0, 0, 0],
  mall: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0.25, 0.45, 0.65, 0.9, 1, 0.95, 0.85, 0.8, 0.75, 0.55, 0.3, 0, 0, 0, 0],
  airport: [
    0, 0, 0, 0.2, 0.6, 0.9, 1, 0.95, 0.8, 0.65, 0.6, 0.65, 0.7, 0.7, 0.65, 0.7, 0.8, 0.85, 0.75, 0.6, 0.45,
    0.3, 0.15, 0,
  ],
  hospital: [
    0.06, 0.05, 0.05, 0.05, 0.06, 0.1, 0.2, 0.45, 0.7, 0.9, 1, 0.95, 0.85, 0.9, 1, 0.9, 0.75, 0.6, 0.55, 0.4,
    0.25, 0.15, 0.1, 0.08,
  ],
  campus: [
    0, 0, 0, 0, 0, 0, 0, 0.1, 0.5, 0.9, 1, 0.9, 0.8, 1, 0.9, 0.85, 0.7, 0.5, 0.35, 0.25, 0.15, 0.05, 0, 0,
  ],
}

/** Monday to Sunday, against an ordinary day. */
const WEEK_SHAPES: Readonly<Record<SiteKind, readonly number[]>> = {
  office: [0.95, 1.05, 1.1, 1.05, 0.75, 0, 0],
  mall: [0.75, 0.8, 0.85, 1, 1.1, 1.35, 0.95],
  airport: [1.05, 0.9, 0.9, 1, 1.2, 0.95, 1.1],
  hospital: [1.1, 1.1, 1.05, 1.05, 1, 0.7, 0.65],
  campus: [1, 1.1, 1.1, 1, 0.7, 0.2, 0.1],
}

const ON_HOLIDAYS: Readonly<Record<SiteKind, number>> = {
  office: 0,
  mall: 0.7,
  airport: 1.15,
  hospital: 0.7,
  campus: 0.05,
}

/** Visits expected in one hour, in units of the washroom's peak. */
export function busyness(kind: SiteKind, at: LocalHour): number {
  const shape = DAY_SHAPES[kind][at.hour]!
  return shape * (at.holiday ? ON_HOLIDAYS[kind] : WEEK_SHAPES[kind][at.weekday - 1]!)
}
