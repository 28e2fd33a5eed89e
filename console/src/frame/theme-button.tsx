import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core'
import { IconBrightnessAuto, IconMoon, IconSun } from '@tabler/icons-react'

const NEXT = { light: 'dark', dark: 'auto', auto: 'light' } as const
const WORDS = { light: 'Light', dark: 'Dark', auto: 'As the system' } as const
const ICONS = { light: IconSun, dark: IconMoon, auto: IconBrightnessAuto } as const

/** Light, dark, as the system. */
export function ThemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Icon = ICONS[colorScheme]
  const label = `Theme: ${WORDS[colorScheme]}`
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={32}
        aria-label={`${label}. Change to ${WORDS[NEXT[colorScheme]]}.`}
        onClick={() => setColorScheme(NEXT[colorScheme])}
      >
        <Icon size={18} stroke={1.75} />
      </ActionIcon>
    </Tooltip>
  )
}
