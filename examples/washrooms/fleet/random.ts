/**
 * Seeded randomness by key. Every draw belongs to a place in the fleet (a device, an hour, a purpose), so the
 * same seed gives the same numbers whatever was simulated before, and live continues history without a break.
 */
export class Random {
  #a = 0
  #b = 0
  #c = 0
  #d = 0
  #spare: number | null = null

  constructor(readonly seed: number) {}

  /** Starts the stream of one purpose, entity and moment. */
  at(purpose: number, entity: number, moment: number): this {
    this.#a = this.seed | 0
    this.#b = Math.imul(purpose + 1, 0x9e3779b1)
    this.#c = Math.imul(entity + 1, 0x85ebca6b)
    this.#d = (moment | 0) ^ 0x5bd1e995
    this.#spare = null
    // sfc32 needs its state mixed before neighbouring keys stop looking alike.
    for (let round = 0; round < 12; round++) this.bits()
    return this
  }

  /** 32 random bits: sfc32. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return this.bits() / 4294967296
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.unit()
  }

  /** Uniform on a logarithmic scale: as many short ones as long ones. */
  logBetween(low: number, high: number): number {
    return low * (high / low) ** this.unit()
  }

  integer(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.unit())
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.unit() * list.length)]!
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    if (this.#spare !== null) {
      const kept = this.#spare
      this.#spare = null
      return kept
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()))
    const angle = 2 * Math.PI * this.unit()
    this.#spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  poisson(mean: number): number {
    if (mean <= 0) return 0
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()))
    const floor = Math.exp(-mean)
    let product = this.unit()
    let count = 0
    while (product > floor) {
      product *= this.unit()
      count++
    }
    return count
  }

  binomial(trials: number, probability: number): number {
    if (trials > 60) {
      const mean = trials * probability
      const guess = Math.round(mean + Math.sqrt(mean * (1 - probability)) * this.normal())
      return Math.min(trials, Math.max(0, guess))
    }
    let count = 0
    for (let trial = 0; trial < trials; trial++) if (this.unit() < probability) count++
    return count
  }
}

/** What a stream of random numbers is for. Numbers are part of the seed's meaning: append, never renumber. */
export const PURPOSE = {
  park: 1,
  site: 2,
  washroom: 3,
  device: 4,
  siteDay: 5,
  gatewayDay: 6,
  faultDay: 7,
  visits: 8,
  usage: 9,
  reading: 10,
  sending: 11,
  incident: 12,
} as const
