import { escapeHtml } from './escape-html.js'
import { STYLE } from './style.js'

/** Parts of a page. All are HTML but `lang` and `stamp`. */
export type Page = Readonly<{
  lang: string
  /** Says what the page was made from; see `stampOf`. */
  stamp: string
  title: string
  from: string
  /** For whom, and which period. */
  subject: string
  body: string
  footer: readonly string[]
}>

/** How every whole page ends. */
export const PAGE_END = '</html>\n'

/** Nothing may be fetched and nothing runs, whatever stands in the page. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

export function page({ lang, stamp, title, from, subject, body, footer }: Page): string {
  const sender = from === '' ? '' : `<p class="from">${from}</p>`
  return `<!doctype html>
<html lang="${escapeHtml(lang)}">
<head>
<meta charset="utf-8">
<meta name="millrace" content="${escapeHtml(stamp)}">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>${sender}<h1>${title}</h1><p class="for">${subject}</p></header>
${body}
<footer>${footer.map((line) => `<p>${line}</p>`).join('')}</footer>
</main>
</body>
${PAGE_END}`
}

/** The stamp of a page, from its beginning; null if it is no page of ours. */
export function stampOf(beginning: string): string | null {
  return /<meta name="millrace" content="([0-9a-f]+)">/.exec(beginning)?.[1] ?? null
}
