/** What the process tells its caller. */
export const EXIT = {
  done: 0,
  /** A step failed, or a delivery was refused. */
  failed: 1,
  /** Wrong usage, or an invalid project. */
  usage: 2,
  /** A blocking check held something back. */
  held: 3,
  /** Cut off by Ctrl-C, as shells count it. */
  interrupted: 130,
} as const
