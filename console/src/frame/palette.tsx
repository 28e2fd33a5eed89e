import { Spotlight } from '@mantine/spotlight'

/** Finds any asset, run, report, alert or page. */
export function Palette() {
  return <Spotlight actions={[]} shortcut={['mod + K', '/']} nothingFound="Nothing found" />
}
