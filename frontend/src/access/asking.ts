import { signal } from '@preact/signals'
import { onSignInNeeded } from '../api/client'
import { isTyping } from '../shell/unsaved'
import { session, sessionCell } from './session'

/** The sign-in that stands over the page, and what happens when it is done or given up. */
export interface Asking {
  /** Who was signed in until now, if what was written was refused. */
  was: string | null
  /** Something waits to be sent again. */
  waits: boolean
  answer: (signedIn: boolean) => void
}

export const asking = signal<Asking | null>(null)

/** Opens the sign-in over what one looks at. */
export function askToSignIn(): void {
  asking.value = { was: null, waits: false, answer: () => undefined }
}

let waiting: Promise<boolean> | null = null

/** Asks to sign in so that what was refused can be sent; true: by the same person, who may go on. */
function again(): Promise<boolean> {
  waiting ??= new Promise<boolean>(resolve => {
    const was = session()?.user?.user ?? null
    asking.value = {
      was,
      waits: true,
      answer: signedIn => {
        waiting = null
        // What one has typed is not sent in the name of another.
        resolve(signedIn && (was === null || session()?.user?.user === was))
      },
    }
  })
  return waiting
}

/** Finds out whether one is still signed in; while something is typed it is not taken off the screen. */
export function look(): void {
  if (!isTyping() && asking.peek() === null) void sessionCell().refresh()
}

/** From now on whoever has to sign in is asked to. */
export function askWhenNeeded(): void {
  onSignInNeeded({ toWrite: again, toRead: look })
}

/** Forgets what was asked; for tests. */
export function forgetAsking(): void {
  asking.value = null
  waiting = null
}
