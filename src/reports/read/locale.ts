/** A language of which numbers and dates are known. */
export function isLocale(text: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf([text]).length > 0
  } catch {
    return false
  }
}
