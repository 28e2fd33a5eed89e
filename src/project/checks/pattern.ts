type Mistake = Readonly<{ detail: string; hint: string }>

const LOOK = /(?<!\\)\(\?<?[=!]/
/** Backspace, form feed, bell and the like: what \b, \f or \a become in double quotes. */
const CONTROL = /[^\P{Cc}\t\n\r]/u

/** What the engine's regular expressions (RE2) will not take, found without asking it. */
export function patternMistake(pattern: string): Mistake | null {
  if (CONTROL.test(pattern))
    return {
      detail: 'holds a control character',
      hint: "In double quotes YAML reads \\b as backspace. Use single quotes: '\\bsoap\\b'.",
    }
  const bare = withoutClasses(pattern)?.replace(/\\\\/g, 'x')
  if (bare === undefined)
    return { detail: 'opens a [ that is never closed', hint: 'Close it, or write \\[ for the character.' }
  if (LOOK.test(bare))
    return {
      detail: 'looks ahead or behind, which RE2 cannot',
      hint: 'Say it with a failed_rows check instead.',
    }
  if (/\\[1-9]/.test(bare))
    return {
      detail: 'refers back to a group, which RE2 cannot',
      hint: 'Say it with a failed_rows check instead.',
    }
  if (/\\$/.test(bare)) return { detail: 'ends in a single backslash', hint: 'Write \\\\ for a backslash.' }
  return unbalanced(bare.replace(/\\[\s\S]/g, 'x'))
}

/** The pattern with an x for each `[…]`, inside which all characters mean themselves; null where one is not closed. */
function withoutClasses(pattern: string): string | null {
  let bare = ''
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at)
    if (char === '\\') {
      bare += pattern.slice(at, at + 2)
      at++
    } else if (char === '[') {
      const close = /^\[\^?\]?(?:\\[\s\S]|\[:[^:]*:\]|[^\]\\])*\]/.exec(pattern.slice(at))
      if (!close) return null
      at += close[0].length - 1
      bare += 'x'
    } else bare += char
  }
  return bare
}

function unbalanced(bare: string): Mistake | null {
  let depth = 0
  for (const char of bare) {
    if (char === '(') depth++
    if (char === ')') depth--
    if (depth < 0)
      return {
        detail: 'closes a ) that was never opened',
        hint: 'Remove it, or write \\) for the character.',
      }
  }
  if (depth > 0)
    return { detail: 'opens a ( that is never closed', hint: 'Close it, or write \\( for the character.' }
  const dangling = /^[*+?]|[(|][*+]/.exec(bare)
  return dangling ? { detail: 'repeats nothing', hint: 'Put what is repeated before * + or ?.' } : null
}
