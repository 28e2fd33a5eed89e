import { userInfo } from 'node:os'

/** What is no whole number is the number of nothing; the answer says so. */
export const wholeNumber = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : -1)

/** The account's name; some machines have accounts without one. */
export function personName(): string {
  try {
    return userInfo().username
  } catch {
    return 'somebody'
  }
}
