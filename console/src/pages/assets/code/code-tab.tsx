import { Button, CopyButton } from '@mantine/core'
import { IconCheck, IconChevronDown, IconChevronRight, IconCopy } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { AssetDetail } from '../../../../../src/app/api/shapes.js'
import { Mono } from '../../../parts/mono.js'
import { count } from '../../../words/numbers.js'
import barClasses from '../tabs.module.css'
import classes from './code.module.css'
import { headerLines } from './header-lines.js'
import { type Token, tokenLines } from './tokens.js'

/** The file as it is on disk; its header, which the other tabs show, is folded. */
export function CodeTab({ detail: { code, language, file } }: Readonly<{ detail: AssetDetail }>) {
  const { header, body, firstLine } = useMemo(() => coloured(code, language), [code, language])
  const [open, setOpen] = useState(false)
  const Arrow = open ? IconChevronDown : IconChevronRight
  return (
    <>
      <div className={barClasses.bar}>
        <Mono>{file}</Mono>
        <CopyButton value={code} timeout={2_000}>
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy the file'}
            </Button>
          )}
        </CopyButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <section className={classes.frame} aria-label={`Text of ${file}`} tabIndex={0}>
        {header.length > 0 ? (
          <button type="button" className={classes.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
            <Arrow size={15} aria-hidden />
            Header, {count(header.length, 'line')}
          </button>
        ) : null}
        <Lines lines={open ? header : []} from={1} />
        <Lines lines={body} from={firstLine} />
      </section>
    </>
  )
}

type Line = readonly Token[]

function coloured(
  code: string,
  language: AssetDetail['language'],
): Readonly<{ header: readonly Line[]; body: readonly Line[]; firstLine: number }> {
  const fold = headerLines(code, language)
  if (fold === null) return { header: [], body: tokenLines(code, language), firstLine: 1 }
  const lines = code.split(/\r\n?|\n/)
  return {
    header: tokenLines(lines.slice(0, fold[1]).join('\n'), 'yaml'),
    body: tokenLines(lines.slice(fold[1]).join('\n'), language),
    firstLine: fold[1] + 1,
  }
}

function Lines({ lines, from }: Readonly<{ lines: readonly Line[]; from: number }>) {
  return lines.map((tokens, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
    <div key={index} className={classes.line}>
      <span className={classes.number} aria-hidden>
        {from + index}
      </span>
      <code className={classes.text}>
        {tokens.length === 0 ? '\n' : null}
        {tokens.map(({ kind, text }, at) =>
          kind === 'plain' ? (
            text
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one text never move
            <span key={at} data-token={kind}>
              {text}
            </span>
          ),
        )}
      </code>
    </div>
  ))
}
