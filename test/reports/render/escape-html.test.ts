import { describe, expect, it } from 'vitest'
import { escapeHtml } from '../../../src/reports/render/escape-html.js'

describe('text on a page', () => {
  it('is never markup, inside elements and quoted attributes', () => {
    expect(escapeHtml(`<script>alert("1")</script> & 'x'`)).toBe(
      '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;',
    )
  })

  it('cannot turn what stands beside it', () => {
    expect(escapeHtml('evil\u202e name \u2069\u2067')).toBe('evil name ')
    expect(escapeHtml('مرحبا\u200f')).toBe('مرحبا\u200f')
  })

  it('holds no character that HTML does not have', () => {
    expect(escapeHtml('a\0b\x1bc\td\ne')).toBe('a\ufffdb\ufffdc\td\ne')
  })
})
