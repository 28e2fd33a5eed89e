// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is shown as it is to be written.
import { SEVERITIES } from '../../domain/check.js'
import { list, object, optional } from '../shapes/composite-shape.js'
import { choice, located, type Shape, text } from '../shapes/shape.js'

/** A value with a faulty part is left out as a whole: what it lacks then is not reported besides. */
const soundOnly = <T>(shape: Shape<T>): Shape<T> => ({
  ...shape,
  read: (node, reading) => {
    let faults = 0
    const report: typeof reading.report = (diagnostic) => {
      faults++
      reading.report(diagnostic)
    }
    const value = shape.read(node, { ...reading, report })
    return faults === 0 ? value : undefined
  },
})

/** Fields of a route of either kind; which belong together is checked when it is built. */
const route = located(
  object(
    {
      webhook: optional(
        located(text('a web address', '"${ALERT_WEBHOOK_URL}"')),
        'Address that alerts are posted to as JSON.',
      ),
      secret: optional(
        located(text('a secret', '"${ALERT_SECRET}"')),
        'Signs what is posted: header `Millrace-Signature`.',
        'not signed',
      ),
      mail: optional(
        list(located(text('an address', 'data@example.com')), { single: true, least: 1 }),
        'Addresses that alerts are mailed to.',
      ),
      severity: optional(choice(SEVERITIES), 'Least severity that is sent there.', 'warning'),
      assets: optional(text('a pattern', "'marts.*'"), 'Only alerts about assets that match.', 'all'),
    },
    { what: 'an entry of alerts.notify', example: '{ webhook: "${ALERT_WEBHOOK_URL}", severity: error }' },
  ),
)

export const alertsShape = object(
  {
    notify: optional(list(soundOnly(route)), 'Where alerts go.'),
    smtp: optional(
      located(text('an address', '"${SMTP_URL}"')),
      'Mail server: smtp://user:password@host:587. Needed for `mail`.',
    ),
    from: optional(
      located(text('an address', 'millrace@example.com')),
      'Sender of mails.',
      'millrace@localhost',
    ),
  },
  { what: 'alerts', example: '{ notify: [{ webhook: "${ALERT_WEBHOOK_URL}" }] }' },
)

export type AlertFields = NonNullable<ReturnType<typeof alertsShape.read>>
export type RouteFields = NonNullable<AlertFields['notify']>[number]
