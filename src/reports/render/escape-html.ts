const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Marks that turn the direction of what stands around them: a name could turn the date beside it. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g
/** Characters that HTML does not have. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g

/** Text as HTML, for elements and quoted attributes. */
export const escapeHtml = (text: string): string =>
  text
    .replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter)
    .replace(TURNING, '')
    .replace(CONTROL, '\ufffd')
