import {
  IconAlertTriangle,
  IconBan,
  IconBell,
  IconBellCheck,
  IconCheck,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconEqual,
  IconHandStop,
  IconInfoCircle,
  IconLoader2,
  IconPlayerSkipForward,
  IconPlugX,
  type IconProps,
  IconWaveSawTool,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { type AnyState, toneOf, wordOf } from '../words/states.js'
import classes from './state.module.css'

const ICONS: Readonly<Record<AnyState, ComponentType<IconProps>>> = {
  released: IconCircleCheck,
  unchanged: IconEqual,
  held: IconHandStop,
  failed: IconCircleX,
  skipped: IconPlayerSkipForward,
  running: IconLoader2,
  done: IconCircleCheck,
  cancelled: IconBan,
  abandoned: IconPlugX,
  fresh: IconCircleCheck,
  late: IconClock,
  never: IconCircleDashed,
  pending: IconCircleDashed,
  firing: IconBell,
  acknowledged: IconBellCheck,
  resolved: IconCheck,
  passed: IconCheck,
  error: IconCircleX,
  info: IconInfoCircle,
  warning: IconAlertTriangle,
  critical: IconAlertTriangle,
  rendered: IconCircleCheck,
  no_data: IconCircleDashed,
  delivered: IconCircleCheck,
  waiting: IconCircleDashed,
  refused: IconCircleX,
  building: IconLoader2,
  checking: IconLoader2,
  queued: IconCircleDashed,
  good: IconCircleCheck,
  broken: IconCircleX,
  unusual: IconWaveSawTool,
}

type Props = Readonly<{
  of: AnyState
  /** Another word than the state's own: "31 held". */
  word?: string
  /** On a soft ground of its colour, for heads of pages. */
  filled?: boolean
}>

/** A state as icon, word and colour together, never colour alone. */
export function State({ of, word, filled = false }: Props) {
  return (
    <span className={classes.state} data-tone={toneOf(of)} data-filled={filled || undefined}>
      <StateIcon of={of} />
      {word ?? wordOf(of)}
    </span>
  )
}

/** The icon alone, where the word stands beside it anyway. */
export function StateIcon({ of, size = 16 }: Readonly<{ of: AnyState; size?: number }>) {
  const Icon = ICONS[of]
  return (
    <Icon
      size={size}
      stroke={2}
      aria-hidden
      className={classes.icon}
      data-tone={toneOf(of)}
      data-turning={of === 'running' || of === 'building' || of === 'checking' || undefined}
    />
  )
}
