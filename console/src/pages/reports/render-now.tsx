import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconRefresh } from '@tabler/icons-react'
import type { ReportDetail, ReportRecord } from '../../../../src/app/api/shapes.js'
import { useRenderReport } from '../../api/mutations.js'
import { ApiProblem } from '../../api/problem.js'
import { CopyCommand } from '../../parts/copy-command.js'
import { renderCommand, renderedWords } from './report-words.js'

type Props = Readonly<{ detail: ReportDetail; tenant: string | null; period: string | null }>

/** Renders what is looked at, or the last period for everybody; the command beside it does the same. */
export function RenderNow({ detail: { report }, tenant, period }: Props) {
  const render = useRenderReport()
  const start = () =>
    render.mutate(
      { report, tenant, period },
      {
        onSuccess: (records: readonly ReportRecord[]) =>
          notifications.show({ title: 'Rendered', message: renderedWords(records) }),
        onError: (error) =>
          notifications.show({
            color: 'red',
            autoClose: 12_000,
            title: error.message,
            message: error instanceof ApiProblem ? error.hint : '',
          }),
      },
    )
  return (
    <>
      <CopyCommand command={renderCommand(report, tenant, period)} />
      <Button
        size="sm"
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={render.isPending}
        onClick={start}
      >
        Render now
      </Button>
    </>
  )
}
