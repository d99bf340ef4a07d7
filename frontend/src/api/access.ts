import { type Answer, answerOf } from './answer'
import { client, mergePatch, strongTag } from './client'
import type {
  Account,
  AccountPatch,
  CalendarMade,
  CalendarPost,
  ClientList,
  OwnCalendar,
  OwnSession,
  Person,
  PersonList,
  PersonMade,
  PersonPost,
  Role,
  Session,
  SetUpLink,
  SetUpOwner,
  Token,
  TokenMade,
  TokenPost,
  User,
  UserPatch,
} from './names'

// Who one is, and who may do what. None of these answers is kept by the browser.

/** What answers without a body: that it is done. */
function doneOf(call: () => Promise<{ error?: unknown; response: Response }>): Promise<Answer<true>> {
  return answerOf(async () => {
    const { error, response } = await call()
    return response.ok ? { data: true, response } : { error, response }
  })
}

export function session(): Promise<Answer<Session>> {
  return answerOf(() => client.GET('/api/v1/session'))
}

export function signIn(user: string, password: string): Promise<Answer<Session>> {
  return answerOf(() => client.POST('/api/v1/session', { body: { user, password } }))
}

export function signOut(): Promise<Answer<true>> {
  return doneOf(() => client.DELETE('/api/v1/session'))
}

/** Whose a set-up link is; it stays good. */
export function lookAtSetUp(secret: string): Promise<Answer<SetUpOwner>> {
  return answerOf(() => client.POST('/api/v1/setup/look', { body: { secret } }))
}

/** Chooses the password by a set-up link, and signs in. */
export function setUp(secret: string, password: string): Promise<Answer<Session>> {
  return answerOf(() => client.POST('/api/v1/setup', { body: { secret, password } }))
}

export function patchMe(body: AccountPatch): Promise<Answer<Account>> {
  return answerOf(() => client.PATCH('/api/v1/me', { headers: mergePatch, body }))
}

/** Another password; the other sessions end. */
export function changePassword(current: string, password: string): Promise<Answer<true>> {
  return doneOf(() => client.PUT('/api/v1/me/password', { body: { current, password } }))
}

export function ownSessions(): Promise<Answer<{ items: OwnSession[] }>> {
  return answerOf(() => client.GET('/api/v1/me/sessions'))
}

export function endSession(session: string): Promise<Answer<true>> {
  return doneOf(() => client.DELETE('/api/v1/me/sessions/{session}', { params: { path: { session } } }))
}

/** Signs out everywhere, here as well. */
export function endSessions(): Promise<Answer<true>> {
  return doneOf(() => client.DELETE('/api/v1/me/sessions'))
}

export function tokens(): Promise<Answer<{ items: Token[] }>> {
  return answerOf(() => client.GET('/api/v1/me/tokens'))
}

export function makeToken(body: TokenPost): Promise<Answer<TokenMade>> {
  return answerOf(() => client.POST('/api/v1/me/tokens', { body }))
}

export function revokeToken(token: string): Promise<Answer<true>> {
  return doneOf(() => client.DELETE('/api/v1/me/tokens/{token}', { params: { path: { token } } }))
}

export function calendars(): Promise<Answer<{ items: OwnCalendar[] }>> {
  return answerOf(() => client.GET('/api/v1/me/calendars'))
}

export function makeCalendar(body: CalendarPost): Promise<Answer<CalendarMade>> {
  return answerOf(() => client.POST('/api/v1/me/calendars', { body }))
}

export function revokeCalendar(calendar: string): Promise<Answer<true>> {
  return doneOf(() => client.DELETE('/api/v1/me/calendars/{calendar}', { params: { path: { calendar } } }))
}

/** Who holds what in a place, who leads above it, and, in the branch, who holds what below; the first page, or the one after a token. */
export function people(
  election: string,
  area: string,
  branch: boolean,
  after: string | null,
): Promise<Answer<PersonList>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/people', {
      params: {
        path: { election, area },
        query: { ...(branch ? { branch } : {}), ...(after ? { after } : {}) },
      },
    }),
  )
}

/** The tokens that read in a place and below it. */
export function clients(election: string, area: string, after: string | null): Promise<Answer<ClientList>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/clients', {
      params: { path: { election, area }, query: after ? { after } : {} },
    }),
  )
}

/** Makes an account with a role in a place. */
export function admit(election: string, area: string, body: PersonPost): Promise<Answer<PersonMade>> {
  return answerOf(() =>
    client.POST('/api/v1/elections/{election}/areas/{area}/people', {
      params: { path: { election, area } },
      body,
    }),
  )
}

/** What somebody was granted in a place. */
export function person(election: string, area: string, user: string): Promise<Answer<Person>> {
  return answerOf(() =>
    client.GET('/api/v1/elections/{election}/areas/{area}/people/{user}', {
      params: { path: { election, area, user } },
    }),
  )
}

/** Grants a role in a place, over the grant that is known (null: none). */
export function grant(
  election: string,
  area: string,
  user: string,
  role: Role,
  revision: number | null,
): Promise<Answer<Person>> {
  return answerOf(() =>
    client.PUT('/api/v1/elections/{election}/areas/{area}/people/{user}', {
      params: {
        path: { election, area, user },
        header: revision === null ? {} : { 'If-Match': strongTag(revision) },
      },
      body: { role },
    }),
  )
}

/** Takes back what was granted in a place. */
export function endGrant(
  election: string,
  area: string,
  user: string,
  revision: number,
): Promise<Answer<true>> {
  return doneOf(() =>
    client.DELETE('/api/v1/elections/{election}/areas/{area}/people/{user}', {
      params: { path: { election, area, user }, header: { 'If-Match': strongTag(revision) } },
    }),
  )
}

export function user(name: string): Promise<Answer<User>> {
  return answerOf(() => client.GET('/api/v1/users/{user}', { params: { path: { user: name } } }))
}

export function patchUser(name: string, revision: number, body: UserPatch): Promise<Answer<User>> {
  return answerOf(() =>
    client.PATCH('/api/v1/users/{user}', {
      params: { path: { user: name }, header: { 'If-Match': strongTag(revision) } },
      headers: mergePatch,
      body,
    }),
  )
}

/** Disables an account; its name stays in the history. */
export function disableUser(name: string, revision: number): Promise<Answer<true>> {
  return doneOf(() =>
    client.DELETE('/api/v1/users/{user}', {
      params: { path: { user: name }, header: { 'If-Match': strongTag(revision) } },
    }),
  )
}

/** A new one-time link; the sessions of its owner end. */
export function renewSetUp(name: string): Promise<Answer<SetUpLink>> {
  return answerOf(() => client.POST('/api/v1/users/{user}/setup-link', { params: { path: { user: name } } }))
}
