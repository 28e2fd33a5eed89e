import { Button, PasswordInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { request } from '../api/client.js'
import { ApiProblem } from '../api/problem.js'
import { setToken, wasRefused } from '../api/token.js'
import { CopyCommand } from '../parts/copy-command.js'
import classes from './frame.module.css'

/** Asks for the token that `millrace serve` printed; the address asked for opens after it. */
export function SignIn() {
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState(wasRefused() ? NOT_TAKEN : '')
  const [busy, setBusy] = useState(false)

  async function signIn(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setWrong(await objection(tokenIn(text)))
    setBusy(false)
  }

  return (
    <main className={classes.signIn}>
      <form onSubmit={signIn} className={classes.signInForm}>
        <img src="/icon.svg" alt="" width={36} height={36} />
        <h1 className={classes.signInTitle}>Sign in to Millrace</h1>
        <p>
          Open the address that <CopyCommand command="millrace serve" /> printed, or paste its token here. It
          stays in this tab only.
        </p>
        <PasswordInput
          label="Token"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={wrong}
          autoComplete="off"
          data-autofocus
          autoFocus
        />
        <Button type="submit" loading={busy} disabled={tokenIn(text) === ''} fullWidth>
          Sign in
        </Button>
      </form>
    </main>
  )
}

const NOT_TAKEN = 'This token does not fit. A server makes a new one at each start unless it is configured.'

/** People paste the whole address as often as the token alone. */
const tokenIn = (text: string): string => /[#&?]token=([^&\s]+)/.exec(text)?.[1] ?? text.trim()

/** Tries the token; why it does not fit, or an empty text when it does and is kept. */
async function objection(token: string): Promise<string> {
  try {
    await request('/queue', { headers: { authorization: `Bearer ${token}` } })
    setToken(token)
    return ''
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) {
      return NOT_TAKEN
    }
    return error instanceof ApiProblem ? `${error.message} ${error.hint}` : String(error)
  }
}
