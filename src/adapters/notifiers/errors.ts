import { defineErrors } from '../../base/errors.js'

export const notifierError = defineErrors({
  NOTIFIER_UNREACHABLE: {
    transient: true,
    message: (p: { channel: string; detail: string }) => `${p.channel} did not take the message: ${p.detail}`,
    hint: () => 'It is tried again for a day. See alerts: in millrace.yaml if the address is wrong.',
  },
  NOTIFIER_LOGIN: {
    transient: true,
    message: (p: { channel: string; detail: string }) => `${p.channel} does not let Millrace in: ${p.detail}`,
    hint: () =>
      'Correct the user and password of smtp: under alerts: in millrace.yaml; messages wait for a day.',
  },
  NOTIFIER_REFUSED: {
    message: (p: { channel: string; detail: string }) => `${p.channel} refuses the message: ${p.detail}`,
    hint: () => 'Correct the address or the secret under alerts: in millrace.yaml.',
  },
})
