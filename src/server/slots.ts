import { serverError } from './errors.js'

/** Counts what is open at once and refuses more than `most`. */
export class Slots {
  private taken = 0

  constructor(
    private readonly what: string,
    private readonly most: number,
  ) {}

  /** Takes one; the function returned gives it back. @throws SERVER_FULL */
  take(): () => void {
    if (this.taken >= this.most) throw serverError('SERVER_FULL', { what: this.what, most: this.most })
    this.taken++
    let given = false
    return () => {
      if (given) return
      given = true
      this.taken--
    }
  }
}
