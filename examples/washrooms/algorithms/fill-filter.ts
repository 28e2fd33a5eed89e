/**
 * What is really in a dispenser, from noisy readings of its level and the visits to its washroom.
 *
 * A Kalman filter with two states: the level in percent, and how much of it one visit takes. Between readings the
 * level falls by visits × taken; a reading then pulls both states towards what it says, by how sure each side is.
 * Four things a plain filter gets wrong are treated apart:
 *
 * - Refills. A reading far above what is expected is a suspect. If the next one agrees with it, the dispenser was
 *   refilled at the suspect (a change point); if not, the suspect was a hand before the sensor and is dropped.
 * - Frozen sensors. One that sends the very same value time after time is not listened to until it changes;
 *   meanwhile visits alone carry the level.
 * - Drift. Staff fill to nearly the same level every time, so what the sensor says after a refill tells its error.
 *   Errors beyond a dead zone are taken off all later readings. A jump that is no refill and takes the error back
 *   is a sensor that was replaced.
 * - Empty dispensers. Nothing can be taken from them, so visits then say nothing of how much a visit takes.
 */
export type LevelReading = Readonly<{
  /** Epoch ms. */
  readAt: number
  /** Percent. */
  level: number
  /** The value as the sensor sent it, to tell a frozen one. */
  sent: number
}>

export type FillEstimate = Readonly<{
  level: number
  /** Standard deviation of the level, percent. */
  sd: number
  /** Percent that one visit takes. */
  perVisit: number
  refill: boolean
  /** Percent filled in, at a refill. */
  added: number
  /** False where the reading was not believed. */
  believed: boolean
  /** What the sensor has been found to be off by after refills, percent. */
  sensorError: number
}>

export type FilterSettings = Readonly<{
  /** What a refill fills to, percent. */
  fullPercent: number
}>

/** Visits to expect between two instants. `sure` is false where nothing was counted and they were guessed. */
export type VisitsBetween = (from: number, to: number) => { visits: number; sure: boolean }

/** Innovations beyond so many standard deviations are suspects. */
const GATE = 4
/** No refill adds less, percent. */
const LEAST_REFILL = 6
/** A sensor that sent the same value so often in a row is frozen. */
const FROZEN_AFTER = 12
/** Sensor errors below this are left alone: refills differ by about as much. */
const DRIFT_DEAD_ZONE = 3
/** How fast the sensor's error is learned from refills. */
const DRIFT_GAIN = 0.5
/** A jump up that ends further below full than this is no refill. */
const REFILL_SLACK = 20
const WEEK = 7 * 24 * 3_600_000

/** A reading nobody expected, and what was expected; percent, the sensor's error taken off. */
type Suspect = { index: number; level: number; expected: number }

type State = {
  at: number
  level: number
  perVisit: number
  /** Covariance of (level, perVisit). */
  pLevel: number
  pCross: number
  pVisit: number
  /** Variance of one reading, learned. */
  noise: number
  /** Learned error of the sensor, percent. */
  error: number
}

/** Estimates for one device's readings, which come in time; as many as there are readings. */
export function filterFill(
  readings: readonly LevelReading[],
  visitsBetween: VisitsBetween,
  settings: FilterSettings,
): FillEstimate[] {
  const first = readings[0]
  if (!first) return []
  const state = firstState(first, readings, visitsBetween)
  const estimates: FillEstimate[] = []
  let suspect: Suspect | null = null
  let repeated = 0
  readings.forEach((reading, index) => {
    repeated = index > 0 && reading.sent === readings[index - 1]!.sent ? repeated + 1 : 0
    const visits = visitsBetween(state.at, reading.readAt)
    predict(state, reading.readAt, visits)
    // An empty dispenser honestly says zero for hours.
    const frozen = repeated >= FROZEN_AFTER && reading.level > 1
    if (frozen) {
      suspect = null
      estimates.push(estimateOf(state, false))
      return
    }
    const corrected = reading.level - sensorError(state)
    if (suspect && agrees(state, corrected, suspect.level - visits.visits * state.perVisit)) {
      const used = visits.visits * state.perVisit
      const after = (suspect.level + corrected + used) / 2 + sensorError(state)
      estimates[suspect.index] = restart(state, suspect, after, settings)
      predictLevel(state, used)
      suspect = null
      estimates.push(estimateOf(state, true))
      return
    }
    if (isSuspect(state, corrected)) {
      suspect = { index, level: corrected, expected: state.level }
      estimates.push(estimateOf(state, false))
      return
    }
    suspect = null
    correct(state, corrected)
    estimates.push(estimateOf(state, true))
  })
  return estimates
}

function firstState(
  first: LevelReading,
  readings: readonly LevelReading[],
  visitsBetween: VisitsBetween,
): State {
  return {
    at: first.readAt,
    level: first.level,
    perVisit: roughUsePerVisit(readings, visitsBetween),
    pLevel: 9,
    pCross: 0,
    pVisit: roughUsePerVisit(readings, visitsBetween) ** 2 / 4,
    noise: 2,
    error: 0,
  }
}

/** Falls of the level over the first days, by the visits of that time: where the filter starts from. */
function roughUsePerVisit(readings: readonly LevelReading[], visitsBetween: VisitsBetween): number {
  const day = readings.filter(({ readAt }) => readAt < readings[0]!.readAt + WEEK)
  const sixHours = day.filter((_, index) => index % 12 === 0)
  const falls: { fall: number; visits: number }[] = []
  sixHours.slice(1).forEach((reading, index) => {
    const before = sixHours[index]!
    const fall = before.level - reading.level
    if (fall > 0 && fall < 40)
      falls.push({ fall, visits: visitsBetween(before.readAt, reading.readAt).visits })
  })
  const fallen = falls.reduce((sum, { fall }) => sum + fall, 0)
  const visits = falls.reduce((sum, one) => sum + one.visits, 0)
  return visits > 0 ? Math.max(0.001, fallen / visits) : 0.02
}

function predict(state: State, to: number, { visits, sure }: { visits: number; sure: boolean }): void {
  const taken = visits * state.perVisit
  const weeks = Math.max(0, to - state.at) / WEEK
  // People differ (Poisson), counts are a little off, and guessed visits may be half or double.
  const spread = visits * state.perVisit ** 2 + (taken * (sure ? 0.15 : 0.5)) ** 2 + 0.001
  state.at = to
  state.pLevel += -2 * visits * state.pCross + visits * visits * state.pVisit + spread
  state.pCross -= visits * state.pVisit
  state.pVisit += weeks * (0.15 * state.perVisit) ** 2
  predictLevel(state, taken)
}

function predictLevel(state: State, taken: number): void {
  state.level = Math.max(0, state.level - taken)
  if (state.level === 0) forgetUse(state)
}

/** An empty dispenser tells nothing of how much a visit takes. */
function forgetUse(state: State): void {
  state.pLevel = Math.min(state.pLevel, 9)
  state.pCross = 0
}

function correct(state: State, measured: number): void {
  const innovation = measured - state.level
  const variance = state.pLevel + state.noise
  const gainLevel = state.pLevel / variance
  const gainVisit = state.level > 1 ? state.pCross / variance : 0
  state.level = clampPercent(state.level + gainLevel * innovation)
  state.perVisit = Math.max(0.0005, state.perVisit + gainVisit * innovation)
  state.pVisit -= gainVisit * state.pCross
  state.pCross *= 1 - gainLevel
  state.pLevel *= 1 - gainLevel
  const surprise = innovation * innovation - (variance - state.noise)
  state.noise = Math.min(12, Math.max(0.4, state.noise + 0.02 * (surprise - state.noise)))
}

function isSuspect(state: State, measured: number): boolean {
  const innovation = measured - state.level
  const far = Math.abs(innovation) > GATE * Math.sqrt(state.pLevel + state.noise)
  return far && Math.abs(innovation) > LEAST_REFILL
}

/** True if a reading is what a suspect, taken seriously, would lead to, and no longer what was expected before. */
function agrees(state: State, measured: number, expected: number): boolean {
  const close = Math.abs(measured - expected) < GATE * Math.sqrt(2 * state.noise + 0.5)
  return close && isSuspect(state, measured)
}

/** The suspect was right: starts anew from what the sensor said then, `after`. */
function restart(
  state: State,
  suspect: Suspect,
  after: number,
  { fullPercent }: FilterSettings,
): FillEstimate {
  const jump = after - sensorError(state) - suspect.expected
  const refill = jump > 0 && after > fullPercent + state.error - REFILL_SLACK
  if (refill) state.error += DRIFT_GAIN * (after - fullPercent - state.error)
  else if (Math.abs(state.error + jump) < Math.abs(state.error)) state.error += jump
  state.level = clampPercent(after - sensorError(state))
  state.pLevel = state.noise
  state.pCross = 0
  return {
    ...estimateOf(state, true),
    refill,
    added: refill ? Math.max(0, state.level - suspect.expected) : 0,
  }
}

/** What is taken off a reading: the learned error beyond the dead zone. */
function sensorError({ error }: State): number {
  return Math.sign(error) * Math.max(0, Math.abs(error) - DRIFT_DEAD_ZONE)
}

const estimateOf = (state: State, believed: boolean): FillEstimate => ({
  level: state.level,
  sd: Math.sqrt(state.pLevel),
  perVisit: state.perVisit,
  refill: false,
  added: 0,
  believed,
  sensorError: state.error,
})

const clampPercent = (level: number): number => Math.min(100, Math.max(0, level))
