import { askToSignIn } from '../access/asking'
import type { Problem } from '../api/names'
import { go } from '../state/address'
import { words } from '../text/words'
import { Link } from './link'

/** Grey lines where text will be. */
export function Skeleton({ lines = 6, label }: { lines?: number; label?: string }) {
  return (
    <div class="skeleton" role="status">
      <span class="only-read">{label ?? words().loading}</span>
      {Array.from({ length: lines }, (_, at) => (
        <div key={at} class={`bone bone-${at % 4}`} />
      ))}
    </div>
  )
}

interface FailureProps {
  problem: Problem | null
  unreachable: boolean
  notFound: string
  /** Whether a day was asked for that may be what is wrong. */
  past?: boolean
  onRetry: () => void
}

/** What to read when there is nothing to show: why, and what to do. */
export function Failure({ problem, unreachable, notFound, past = false, onRetry }: FailureProps) {
  const t = words().error
  const missing = problem?.status === 404
  const signIn = problem?.code === 'sign-in-needed'
  // Asking again for a day that the server refuses would bring the same answer.
  const refused = past && !unreachable && !missing && !signIn
  return (
    <section class="failure" role="alert">
      <h1>{missing ? t.notFound : signIn ? words().signIn.toSee : t.title}</h1>
      <p>{unreachable ? t.unreachable : missing ? notFound : problem?.detail || t.other}</p>
      <div class="buttons">
        {refused && (
          <button
            type="button"
            class="button primary"
            onClick={() => go({ asOf: null, knownAt: null }, { replace: true })}
          >
            {words().asOf.today}
          </button>
        )}
        {signIn && (
          <button type="button" class="button primary" onClick={askToSignIn}>
            {words().signIn.open}
          </button>
        )}
        {!missing && !refused && !signIn && (
          <button type="button" class="button primary" onClick={onRetry}>
            {words().retry}
          </button>
        )}
        <Link class="button" to={{ election: null, area: null }}>
          {t.toHome}
        </Link>
      </div>
    </section>
  )
}
