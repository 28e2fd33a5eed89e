/** What a browser says about who asks. Other programs say nothing of it. */
export type Asking = Readonly<{
  origin: string | undefined
  fetchSite: string | undefined
  fetchMode: string | undefined
  host: string
}>

/** Whose page asks for the API if it is another site's; null where it is ours, or no page at all. */
export function foreignOrigin({ origin, fetchSite, host }: Asking): string | null {
  if (origin !== undefined && !isOrigin(origin, host)) return origin
  if (fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none') return null
  return origin ?? 'another site'
}

/** Like `foreignOrigin`, for the console's files: a link of another site may lead there. */
export function foreignLoader(asking: Asking): string | null {
  return asking.fetchMode === 'navigate' ? null : foreignOrigin(asking)
}

/** Behind a proxy that speaks https the scheme is the proxy's; the name and port are the browser's own. */
function isOrigin(origin: string, host: string): boolean {
  try {
    const url = new URL(origin)
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.host === withoutUsualPort(url, host)
  } catch {
    return false
  }
}

/** `URL` leaves a scheme's usual port out, a Host header may name it. */
function withoutUsualPort({ protocol }: URL, host: string): string {
  const usual = protocol === 'https:' ? ':443' : ':80'
  const lower = host.toLowerCase()
  return lower.endsWith(usual) ? lower.slice(0, -usual.length) : lower
}
