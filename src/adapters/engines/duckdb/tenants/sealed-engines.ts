import { SealedEngine } from './sealed-engine.js'

/** Sealed engines, as many as tenants are asked about at once. */
export class SealedEngines {
  private readonly idle: SealedEngine[] = []
  private readonly open = new Set<SealedEngine>()
  private closed = false

  constructor(private readonly timezone: string) {}

  /** One in which nobody's rows are. */
  async borrow(): Promise<SealedEngine> {
    for (let used = this.idle.pop(); used !== undefined; used = this.idle.pop()) {
      if (await used.forget()) return used
      this.discard(used)
    }
    const engine = await SealedEngine.open(this.timezone)
    this.open.add(engine)
    return engine
  }

  /** Takes one back as it is; what it holds is given up before the next tenant gets it. */
  giveBack(engine: SealedEngine): void {
    engine.disconnect()
    if (this.closed) this.discard(engine)
    else this.idle.push(engine)
  }

  discard(engine: SealedEngine): void {
    if (this.open.delete(engine)) engine.close()
  }

  /** Those that are lent close when they come back. */
  close(): void {
    this.closed = true
    for (const engine of this.idle.splice(0)) this.discard(engine)
  }
}
