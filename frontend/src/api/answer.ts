import type { Problem } from './names'

/** What came of asking the server: data, "you have the latest", a problem it explained, or silence. */
export type Answer<T> =
  | { kind: 'data'; data: T; tag: string | null }
  | { kind: 'same' }
  | { kind: 'problem'; problem: Problem }
  | { kind: 'unreachable' }

interface Reply<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Turns a call of the generated client into an {@link Answer}; never throws. */
export async function answerOf<T>(call: () => Promise<Reply<T>>): Promise<Answer<T>> {
  let reply: Reply<T>
  try {
    reply = await call()
  } catch {
    return { kind: 'unreachable' }
  }
  const { response } = reply
  if (response.status === 304) return { kind: 'same' }
  if (response.ok && reply.data !== undefined) {
    return { kind: 'data', data: reply.data, tag: response.headers.get('ETag') }
  }
  // A gateway in front that cannot reach the server answers in its own words, not in ours.
  if (response.status === 502 || response.status === 504) return { kind: 'unreachable' }
  return { kind: 'problem', problem: problemOf(reply.error, response.status) }
}

/** A problem document from whatever came as an error; unknown shapes keep at least their status. */
export function problemOf(error: unknown, status: number): Problem {
  const found = typeof error === 'object' && error !== null ? (error as Partial<Problem>) : {}
  return {
    type: found.type ?? 'about:blank',
    title: found.title ?? '',
    status: found.status ?? status,
    detail: found.detail ?? '',
    instance: found.instance ?? '',
    code: found.code ?? '',
    ...(found.errors ? { errors: found.errors } : {}),
    ...(found.current ? { current: found.current } : {}),
  }
}

/** The message of a problem that belongs to one field of the body, by its JSON pointer. */
export function messageAt(problem: Problem | null, pointer: string): string | null {
  return problem?.errors?.find(error => error.pointer === pointer)?.detail ?? null
}
