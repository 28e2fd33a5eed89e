import { exact } from '../../words/numbers.js'
import { cellText, sampleColumns, spokenOf } from '../../words/samples.js'
import classes from './run.module.css'

type Props = Readonly<{
  samples: readonly Readonly<Record<string, unknown>>[]
  check: string
  failedRows: number
}>

/** A handful of the rows that failed, the columns in question first and marked. */
export function SampleRows({ samples, check, failedRows }: Props) {
  if (samples.length === 0) return null
  const columns = sampleColumns(samples, check)
  const spoken = spokenOf(check)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls it with the arrows
    <section className={classes.samples} tabIndex={0} aria-label={`Sample rows of ${check}`}>
      <table>
        <caption>
          {samples.length === failedRows
            ? failedRows === 1
              ? 'The row that failed'
              : `All ${exact(failedRows)} rows that failed`
            : `${exact(samples.length)} of ${exact(failedRows)} rows that failed`}
        </caption>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col" data-spoken={spoken.has(name) || undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {samples.map((sample, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: samples have no name and never move
            <tr key={index}>
              {columns.map((name) => (
                <td
                  key={name}
                  data-spoken={spoken.has(name) || undefined}
                  data-null={sample[name] === null || sample[name] === undefined || undefined}
                  data-number={typeof sample[name] === 'number' || undefined}
                  title={cellText(sample[name])}
                >
                  {cellText(sample[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
