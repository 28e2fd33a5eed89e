/**
 * JSON for a `jsonb` parameter. Postgres stores neither NUL nor half a surrogate pair, and JSON has neither NaN
 * nor bigint, but users' rows have all of them: the first two become U+FFFD, the others texts, which Postgres
 * reads back as numbers where the column is one.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'number' && !Number.isFinite(inner)) return String(inner)
    return typeof inner === 'bigint' ? bigintJson(inner) : inner
  })
  // Well-formed stringify writes pairs as they are, so an escaped surrogate is always a lone one.
  return text.replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, '$1\ufffd')
}

const bigintJson = (value: bigint): number | string =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value)

/** A text parameter that Postgres takes. */
export const plainText = (text: string): string =>
  text.replaceAll('\0', '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd')
