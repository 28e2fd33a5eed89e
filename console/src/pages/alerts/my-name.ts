import { useLocalStorage } from '@mantine/hooks'

/** Who acknowledges and silences: asked once, kept in this browser. */
export const useMyName = () =>
  useLocalStorage({ key: 'millrace-name', defaultValue: '', getInitialValueInEffect: false })
