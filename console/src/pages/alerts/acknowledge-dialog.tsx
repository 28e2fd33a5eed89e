import { Button, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Alert } from '../../../../src/domain/alert.js'
import { useAcknowledge } from '../../api/mutations.js'
import { CopyCommand } from '../../parts/copy-command.js'
import { ErrorState } from '../../parts/error-state.js'
import classes from './alerts.module.css'
import { useMyName } from './my-name.js'

type Props = Readonly<{ alert: Alert; opened: boolean; onClose: () => void }>

/** Somebody says that they look after it. */
export function AcknowledgeDialog({ alert, opened, onClose }: Props) {
  const [by, setBy] = useMyName()
  const [note, setNote] = useState('')
  const acknowledge = useAcknowledge(alert.id)
  function submit(event: FormEvent) {
    event.preventDefault()
    acknowledge.mutate({ by: by.trim(), note: note.trim() }, { onSuccess: onClose })
  }
  return (
    <Modal opened={opened} onClose={onClose} title={`Acknowledge alert ${alert.id}`} centered>
      <form onSubmit={submit}>
        <Stack gap={12}>
          <p className={classes.dialogWords}>
            The others see that you look after it. It resolves by itself once the trouble is over.
          </p>
          <TextInput
            label="Your name"
            value={by}
            onChange={(event) => setBy(event.currentTarget.value)}
            required
            data-autofocus={by === '' || undefined}
          />
          <Textarea
            label="Note"
            description="What you know, or do about it"
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            autosize
            minRows={2}
            data-autofocus={by !== '' || undefined}
          />
          {acknowledge.error ? <ErrorState error={acknowledge.error} what="That it is acknowledged" /> : null}
          <Button type="submit" loading={acknowledge.isPending} disabled={by.trim() === ''}>
            Acknowledge
          </Button>
          <CopyCommand command={`millrace alerts ack ${alert.id}`} />
        </Stack>
      </form>
    </Modal>
  )
}
