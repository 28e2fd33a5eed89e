/** A word as a shell takes it, for commands that people are told; a name or a path may hold anything. */
export const inShell = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
