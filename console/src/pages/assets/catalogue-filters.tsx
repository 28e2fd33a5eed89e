import { Button, Select, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import type { AssetsSearch } from '../../search.js'
import { type AnyState, wordOf } from '../../words/states.js'
import classes from './assets.module.css'
import type { Choice, Choices } from './catalogue.js'

type Change = (part: Partial<Record<keyof AssetsSearch, string | null>>) => void

/** Search and filters; every choice says how many assets it leaves. */
export function CatalogueFilters({
  filter,
  choices,
  onChange,
}: Readonly<{ filter: AssetsSearch; choices: Choices; onChange: Change }>) {
  return (
    <search className={classes.filters}>
      <SearchBox text={filter.text ?? ''} onChange={(text) => onChange({ text })} />
      {FILTERS.filter(({ key }) => choices[key].length > 1 || filter[key]).map(({ key, word }) => (
        <Select
          key={key}
          aria-label={word}
          placeholder={word}
          data={choices[key].map((choice) => ({ value: choice.value, label: labelOf(key, choice) }))}
          value={filter[key] ?? null}
          onChange={(value) => onChange({ [key]: value })}
          clearable
          searchable={choices[key].length > 8}
          className={classes.filter}
          size="sm"
          comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
        />
      ))}
      {Object.keys(filter).length > 0 ? (
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() =>
            onChange({ text: null, health: null, owner: null, tag: null, kind: null, folder: null })
          }
        >
          Clear filters
        </Button>
      ) : null}
    </search>
  )
}

const FILTERS = [
  { key: 'health', word: 'State' },
  { key: 'folder', word: 'Folder' },
  { key: 'owner', word: 'Owner' },
  { key: 'tag', word: 'Tag' },
  { key: 'kind', word: 'Kind' },
] as const

const KINDS: Readonly<Record<string, string>> = { sql: 'SQL', typescript: 'TypeScript', source: 'Source' }

function labelOf(key: keyof Choices, { value, count }: Choice): string {
  const word = key === 'health' ? wordOf(value as AnyState) : key === 'kind' ? (KINDS[value] ?? value) : value
  return `${word} (${count})`
}

/** Typed text is kept here and follows the address only when that changes by itself (back, a link). */
function SearchBox({ text, onChange }: Readonly<{ text: string; onChange: (text: string) => void }>) {
  const [typed, setTyped] = useState(text)
  const [seen, setSeen] = useState(text)
  if (seen !== text) {
    setSeen(text)
    if (typed.trim() !== text) setTyped(text)
  }
  return (
    <TextInput
      type="search"
      aria-label="Search assets"
      placeholder="Name, description, owner, tag or column"
      leftSection={<IconSearch size={16} aria-hidden />}
      className={classes.search}
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value)
        onChange(value.trim())
      }}
    />
  )
}
