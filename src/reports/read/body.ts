import type { Report as Told } from '../../project/diagnostics/report.js'
import { locate, type SourceText } from '../../project/files/source-text.js'
import { reportDiagnostic } from '../diagnostics.js'
import type { Value } from '../report.js'
import { createMarkdown, type Fence } from './fences.js'
import { readTemplate } from './text-template.js'

// Places of values and blocks in the HTML: characters that Unicode keeps for private use and no author writes.
const [OPEN, CLOSE, BLOCK_OPEN, BLOCK_CLOSE] = ['\ue000', '\ue001', '\ue002', '\ue003']
const MARKS = /[\ue000-\ue003]/g

export type Body = Readonly<{ html: string; values: readonly Value[] }>

/** The Markdown as HTML, with marks for values and, in the order of `shown`, for blocks. */
export function readBody(
  source: SourceText,
  body: number,
  { fences, shown }: Readonly<{ fences: readonly Fence[]; shown: readonly Fence[] }>,
  report: Told,
): Body {
  const values: Value[] = []
  let markdown = ''
  let from = body
  const plain = (to: number) => {
    const base = from
    const at = (index: number) => locate(source, base + index)
    for (const part of readTemplate(source.text.slice(from, to).replace(MARKS, '\ufffd'), { report, at })) {
      if (typeof part === 'string') markdown += part
      else markdown += `${OPEN}${values.push(part) - 1}${CLOSE}`
    }
  }
  for (const fence of fences) {
    plain(source.lineStarts[fence.lines[0]] ?? 0)
    const number = shown.indexOf(fence)
    if (number >= 0) markdown += `\n\n${BLOCK_OPEN}${number}${BLOCK_CLOSE}\n\n`
    from = source.lineStarts[fence.lines[1] + 1] ?? source.text.length
  }
  plain(source.text.length)
  const html = renderMarkdown(markdown, source, body, report)
  reportLost(html, values, report)
  return { html, values }
}

function renderMarkdown(markdown: string, source: SourceText, body: number, report: Told): string {
  const md = createMarkdown()
  const image = md.renderer.rules.image
  md.renderer.rules.image = (tokens, index, options, env, self) => {
    const address = String(tokens[index]?.attrGet('src') ?? '')
    if (address.startsWith('data:image/')) return image?.(tokens, index, options, env, self) ?? ''
    const place = source.text.indexOf('![', body)
    report(reportDiagnostic('REPORT_IMAGE', undefined, locate(source, place < 0 ? body : place)))
    return ''
  }
  return md.render(markdown)
}

/** A mark inside an address is spelled out as bytes and would never be found again. */
function reportLost(html: string, values: readonly Value[], report: Told): void {
  values.forEach((value, index) => {
    if (html.includes(`${OPEN}${index}${CLOSE}`) || value.kind !== 'column') return
    report(reportDiagnostic('REPORT_VALUE_IN_LINK', undefined, value.at))
  })
}

const BLOCK = new RegExp(`(?:<p>)?${BLOCK_OPEN}(\\d+)${BLOCK_CLOSE}(?:</p>)?`, 'g')
const VALUE = new RegExp(`${OPEN}(\\d+)${CLOSE}`, 'g')

/** Puts text for the marks. Both results are HTML and are not looked at again. */
export function fillBody(
  html: string,
  put: Readonly<{ value: (index: number) => string; block: (index: number) => string }>,
): string {
  return html
    .split(BLOCK)
    .map((part, index) =>
      index % 2 === 1
        ? put.block(Number(part))
        : part.replace(VALUE, (_mark, number: string) => put.value(Number(number))),
    )
    .join('')
}
