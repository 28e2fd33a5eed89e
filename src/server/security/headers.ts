/**
 * What the console may do: scripts, fonts and images of this server's own files, no inline script, no other site.
 * Its components style themselves in place, so inline style is allowed. Reports are shown in a sandboxed frame that
 * inherits all of this.
 */
const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A report opened by itself is a drawing: nothing in it runs, nothing is fetched. */
export const REPORT_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'none'"

const NOTHING_POLICY = "default-src 'none'; frame-ancestors 'none'"

const EVERYWHERE: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
}

export const CONSOLE_HEADERS = { ...EVERYWHERE, 'Content-Security-Policy': CONSOLE_POLICY }
export const API_HEADERS = {
  ...EVERYWHERE,
  'Content-Security-Policy': NOTHING_POLICY,
  'Cache-Control': 'no-store',
}
