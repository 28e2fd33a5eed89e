/** What `doctor` found about one topic. */
export type Finding = Readonly<{
  topic: string
  status: 'ok' | 'warning' | 'problem'
  detail: string
  /** What to do; empty where all is well. */
  hint: string
}>
