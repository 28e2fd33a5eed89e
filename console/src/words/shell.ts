/** A word as a shell takes it: in quotes where it holds more than plain signs, which a shell has its own ideas of. */
export const shellWord = (word: string): string =>
  /^[\w:,.+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
