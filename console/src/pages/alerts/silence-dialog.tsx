import { Button, Modal, Select, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import type { AlertKind } from '../../../../src/domain/alert.js'
import { useSilence } from '../../api/mutations.js'
import { now } from '../../clock.js'
import { CopyCommand } from '../../parts/copy-command.js'
import { ErrorState } from '../../parts/error-state.js'
import { useZone } from '../../parts/zone.js'
import { KIND_WORDS, silenceCommand } from '../../words/alert-words.js'
import { moment } from '../../words/time.js'
import classes from './alerts.module.css'
import { useMyName } from './my-name.js'

const HOUR = 3_600_000
const LENGTHS: readonly Readonly<{ value: string; label: string }>[] = [
  { value: String(HOUR), label: '1 hour' },
  { value: String(4 * HOUR), label: '4 hours' },
  { value: String(24 * HOUR), label: '1 day' },
  { value: String(7 * 24 * HOUR), label: '1 week' },
]

type Props = Readonly<{
  opened: boolean
  onClose: () => void
  /** Glob over names of assets to begin with. */
  assets: string
  kind: AlertKind | null
}>

/** Keeps messages back for a while. */
export function SilenceDialog({ opened, onClose, assets, kind }: Props) {
  const [by, setBy] = useMyName()
  const [pattern, setPattern] = useState(assets)
  const [chosen, setChosen] = useState<AlertKind | null>(kind)
  const [length, setLength] = useState(LENGTHS[0]!.value)
  const [reason, setReason] = useState('')
  const silence = useSilence()
  const zone = useZone()
  useEffect(() => {
    if (!opened) return
    setPattern(assets)
    setChosen(kind)
  }, [opened, assets, kind])
  const lengthWords = LENGTHS.find(({ value }) => value === length)?.label ?? ''
  const until = now() + Number(length)
  function submit(event: FormEvent) {
    event.preventDefault()
    const body = {
      assets: pattern.trim(),
      kind: chosen,
      until: now() + Number(length),
      by: by.trim(),
      reason: reason.trim(),
    }
    silence.mutate(body, { onSuccess: onClose })
  }
  const ready = by.trim() !== '' && reason.trim() !== '' && pattern.trim() !== ''
  return (
    <Modal opened={opened} onClose={onClose} title="Silence" centered>
      <form onSubmit={submit}>
        <Stack gap={12}>
          <p className={classes.dialogWords}>
            Nothing is sent about these assets until {moment(until, now(), zone)}. Their alerts stand in the
            list all the same.
          </p>
          <TextInput
            label="Assets"
            description="A name, or a pattern: marts.*, * for every asset"
            value={pattern}
            onChange={(event) => setPattern(event.currentTarget.value)}
            required
          />
          <Select
            label="Kind"
            placeholder="Every kind"
            clearable
            data={Object.entries(KIND_WORDS).map(([value, label]) => ({ value, label }))}
            value={chosen}
            onChange={(value) => setChosen(value as AlertKind | null)}
          />
          <Select
            label="For"
            data={LENGTHS}
            value={length}
            onChange={(value) => setLength(value ?? LENGTHS[0]!.value)}
            allowDeselect={false}
          />
          <TextInput
            label="Reason"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            required
            data-autofocus
          />
          <TextInput
            label="Your name"
            value={by}
            onChange={(event) => setBy(event.currentTarget.value)}
            required
          />
          {silence.error ? <ErrorState error={silence.error} what="The silence" /> : null}
          <Button type="submit" loading={silence.isPending} disabled={!ready}>
            Silence
          </Button>
          <CopyCommand
            command={silenceCommand({
              assets: pattern.trim() || '*',
              kind: chosen,
              length: lengthWords,
              reason: reason.trim(),
              by: by.trim(),
            })}
          />
        </Stack>
      </form>
    </Modal>
  )
}
