/** Two row groups of the engine: big enough that the cost per batch vanishes, small enough to keep a few in memory. */
export const BATCH_ROWS = 122_880

/** A batch ends early when its text takes this many bytes, so that wide rows do not fill the memory. */
export const BATCH_TEXT_BYTES = 16 << 20
