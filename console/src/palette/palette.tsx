import { useDebouncedValue, useHotkeys } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import {
  IconBell,
  IconBrowser,
  IconFileText,
  type IconProps,
  IconSearch,
  IconTable,
  IconTimeline,
} from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { type ComponentType, useEffect, useRef, useState } from 'react'
import type { SearchHit } from '../../../src/app/api/shapes.js'
import { searchQuery } from '../api/queries.js'
import { groupHits, pagesFor } from './hits.js'
import classes from './palette.module.css'

/** Ctrl-K: finds any asset, run, report, alert or page, by keyboard alone. Pages are found without the server. */
export function Palette() {
  const router = useRouter()
  // Ctrl-K also while something is typed elsewhere; the slash only where it is not text.
  useHotkeys([['mod+K', () => spotlight.toggle()]], [])
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text, 120)
  const { data, error, isFetching } = useQuery({ ...searchQuery(asked), placeholderData: keepPreviousData })
  const groups = groupHits(text.trim() === '' ? pagesFor('') : [...pagesFor(text), ...(data ?? [])])
  const list = useRef<HTMLDivElement>(null)
  const first = groups[0]?.hits[0]?.path
  // The list selects its first line when the text changes, which is before the answer to that text has come.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another first line is selected again
  useEffect(() => {
    const hits = list.current?.querySelectorAll('[data-action]') ?? []
    for (const [index, hit] of [...hits].entries()) hit.toggleAttribute('data-selected', index === 0)
  }, [first, text])
  const waiting = text.trim() !== '' && (isFetching || asked !== text)
  return (
    <Spotlight.Root
      query={text}
      onQueryChange={setText}
      shortcut="/"
      scrollable
      maxHeight={440}
      clearQueryOnClose
    >
      <Spotlight.Search
        placeholder="Find an asset, run, report, alert or page"
        aria-label="Find an asset, run, report, alert or page"
        leftSection={<IconSearch size={18} aria-hidden />}
      />
      <Spotlight.ActionsList ref={list}>
        {groups.map(({ kind, word, hits }) => (
          <Spotlight.ActionsGroup key={kind} label={word}>
            {hits.map((hit) => (
              <Spotlight.Action key={hit.path} onClick={() => router.history.push(hit.path)}>
                <Hit hit={hit} />
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 ? (
          <Spotlight.Empty>
            {waiting
              ? 'Looking…'
              : error
                ? 'The search does not answer; pages are still found by their names.'
                : `Nothing is called “${text.trim()}”. Names, owners, tags, columns, run numbers and titles are searched.`}
          </Spotlight.Empty>
        ) : null}
      </Spotlight.ActionsList>
      <Spotlight.Footer className={classes.footer}>
        ↑ ↓ to move · Enter to open · Esc to close
      </Spotlight.Footer>
    </Spotlight.Root>
  )
}

const ICONS: Readonly<Record<SearchHit['kind'], ComponentType<IconProps>>> = {
  asset: IconTable,
  run: IconTimeline,
  report: IconFileText,
  alert: IconBell,
  page: IconBrowser,
}

function Hit({ hit: { kind, label, detail } }: Readonly<{ hit: SearchHit }>) {
  const Icon = ICONS[kind]
  return (
    <span className={classes.hit}>
      <Icon size={18} stroke={1.75} aria-hidden className={classes.icon} />
      <span className={classes.label} data-mono={kind === 'asset' || undefined}>
        {label}
      </span>
      <span className={classes.detail}>{detail}</span>
    </span>
  )
}
