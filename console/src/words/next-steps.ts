/** One thing to do: words, the command, or both: "Look" · `millrace check a.b --rows`. */
export type NextStep = Readonly<{ words: string; command: string | null }>

/** Takes "Look: millrace check a.b --rows · Change it: budget: in its header" apart, so that each command can be copied. */
export function nextSteps(next: string): readonly NextStep[] {
  return next
    .split(' · ')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const at = part.search(/\bmillrace [a-z]/)
      // A command within a sentence is the sentence's: only one that ends its part is set apart.
      const words = at === -1 ? part : part.slice(0, at)
      if (at === -1 || (at > 0 && !/(:|,)\s$/.test(words))) return { words: part.trim(), command: null }
      return { words: words.trim().replace(/[:,]$/, ''), command: part.slice(at).trim() }
    })
}

/** The text of an alert beside the name of its asset, which it often begins with itself. */
export function withoutName(text: string, asset: string | null): string {
  if (asset === null || !text.startsWith(`${asset}: `)) return text
  const rest = text.slice(asset.length + 2)
  return rest.charAt(0).toUpperCase() + rest.slice(1)
}

/** What is said of an asset whose name stands before it: " was not built: …", " 31 of 4,812 rows …". */
export function afterName(text: string, asset: string): string {
  return text.startsWith(`${asset} `) ? text.slice(asset.length) : ` ${withoutName(text, asset)}`
}
