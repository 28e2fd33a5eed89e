import type { Session } from '../session.js'

type Loan = { readonly session: Session; users: number; retired: boolean }

/**
 * Lends the project that is current. One that was replaced is closed when the last who works on it is done; closing
 * waits for them all.
 */
export class Lending {
  private loan: Loan
  private readonly closing = new Set<Promise<void>>()
  /** Replaced while somebody works on them. */
  private readonly outlived = new Set<Loan>()
  private readonly waiting: (() => void)[] = []

  constructor(session: Session) {
    this.loan = { session, users: 0, retired: false }
  }

  get current(): Session {
    return this.loan.session
  }

  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { loan } = this
    loan.users++
    try {
      return await work(loan.session)
    } finally {
      loan.users--
      this.closeIfDone(loan)
    }
  }

  swap(session: Session): void {
    const old = this.loan
    this.loan = { session, users: 0, retired: false }
    this.retire(old)
  }

  async close(): Promise<void> {
    this.retire(this.loan)
    if (this.outlived.size > 0) await new Promise<void>((resolve) => this.waiting.push(resolve))
    await Promise.all(this.closing)
  }

  private retire(loan: Loan): void {
    loan.retired = true
    this.outlived.add(loan)
    this.closeIfDone(loan)
  }

  private closeIfDone(loan: Loan): void {
    if (!loan.retired || loan.users > 0) return
    this.outlived.delete(loan)
    const closed = loan.session.close().finally(() => this.closing.delete(closed))
    this.closing.add(closed)
    if (this.outlived.size === 0) for (const done of this.waiting.splice(0)) done()
  }
}
