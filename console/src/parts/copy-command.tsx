import { ActionIcon, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { Fragment } from 'react'
import classes from './copy-command.module.css'

/** A command as it is typed, with a button that copies it. */
export function CopyCommand({ command }: Readonly<{ command: string }>) {
  const clipboard = useClipboard({ timeout: 1_500 })
  const label = clipboard.copied ? 'Copied' : 'Copy the command'
  return (
    <span className={classes.command}>
      <code className={classes.text}>
        {command.split(' ').map((word, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the words of one command never move
          <Fragment key={index}>
            {index > 0 ? ' ' : ''}
            <span className={classes.word}>{word}</span>
          </Fragment>
        ))}
      </code>
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
