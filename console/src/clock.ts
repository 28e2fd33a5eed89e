/** How far the server's clock is ahead of this machine's; ages are told by the server's. */
let offsetMs = 0

/** Now, in epoch ms, by the server's clock. The only place that reads a clock. */
export const now = (): number => Date.now() + offsetMs

/** Sets the console's clock by an answer of the server. Less than two seconds is the way of the answer. */
export function setServerTime(serverNow: number): void {
  const offset = serverNow - Date.now()
  offsetMs = Math.abs(offset) < 2_000 ? 0 : offset
}
