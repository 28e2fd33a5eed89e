import { ActionIcon, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import classes from './copy-command.module.css'

/** A command as it is typed, with a button that copies it. */
export function CopyCommand({ command }: Readonly<{ command: string }>) {
  const clipboard = useClipboard({ timeout: 1_500 })
  const label = clipboard.copied ? 'Copied' : 'Copy the command'
  return (
    <span className={classes.command}>
      <code className={classes.text}>{command}</code>
      <Tooltip label={label}>
        <ActionIcon
          variant="subtle"
          size={26}
          aria-label={`${label}: ${command}`}
          onClick={() => clipboard.copy(command)}
        >
          {clipboard.copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
        </ActionIcon>
      </Tooltip>
    </span>
  )
}
