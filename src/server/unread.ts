import type { ServerResponse } from 'node:http'

/**
 * From when an answer is there until all of it is taken, its connection may not stand still. Streams tell signs of
 * life in between. Before, it may: work can take long.
 */
export function cutIfUnread(outgoing: ServerResponse, unreadMs: number): void {
  const { socket } = outgoing
  socket?.setTimeout(unreadMs)
  // Before the server's own listener, which then sets how long the connection may be idle.
  outgoing.prependOnceListener('finish', () => socket?.setTimeout(0))
}
