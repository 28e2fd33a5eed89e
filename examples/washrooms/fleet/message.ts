/** One reading as it reaches the company's servers. Times are epoch ms; `readAt` is the device's own clock. */
export type Message = {
  deviceId: number
  readAt: number
  receivedAt: number
  peopleIn: number | null
  peopleOut: number | null
  /** Percent, or ml and mm from firmware 3 on. */
  level: number | null
  batteryMv: number
  firmware: string
}

/** Arrival order, with ties told apart so that ids are the same at every run. */
export const byArrival = (a: Message, b: Message): number =>
  a.receivedAt - b.receivedAt || a.deviceId - b.deviceId || a.readAt - b.readAt
