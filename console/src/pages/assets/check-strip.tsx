import { Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { CheckHistory } from '../../../../src/app/api/shapes.js'
import { useZone } from '../../parts/zone.js'
import { count } from '../../words/numbers.js'
import { toneOf, wordOf } from '../../words/states.js'
import { clockTime, day } from '../../words/time.js'
import classes from './check-strip.module.css'
import { resultWords } from './check-words.js'

const MOST_CELLS = 30

/** The latest results, oldest first, a cell a run; a failure is higher than a pass, so the shape tells it too. */
export function CheckStrip({ check }: Readonly<{ check: CheckHistory }>) {
  const zone = useZone()
  const results = check.results.slice(0, MOST_CELLS).reverse()
  const failed = results.filter(({ status }) => status !== 'passed').length
  return (
    <ol
      className={classes.strip}
      aria-label={`${check.check}: the last ${count(results.length, 'run')}, ${failed} not passed`}
    >
      {results.map((result) => {
        const words = `${wordOf(result.status)} ${day(result.at, zone)} ${clockTime(result.at, zone)}, run ${result.run}: ${resultWords(check, result)}`
        return (
          <li key={result.run}>
            <Tooltip label={words} openDelay={100}>
              <Link
                to="/runs/$run"
                params={{ run: String(result.run) }}
                className={classes.cell}
                data-tone={toneOf(result.status)}
                aria-label={words}
                tabIndex={result.status === 'passed' ? -1 : 0}
              />
            </Tooltip>
          </li>
        )
      })}
    </ol>
  )
}
