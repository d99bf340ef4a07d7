import type {
  HeldRole,
  OwnCalendar,
  OwnSession,
  Person,
  Reminders,
  Role,
  Session,
  Token,
  User,
} from '../api/names'

const vn = { edition: '', area: 'VN', area_name: { vi: 'Cả nước', en: 'Viet Nam' } }
const city = { edition: '2021', area: '058', area_name: { vi: 'Thành phố Bắc Kạn', en: 'Bắc Kạn city' } }
const province = { edition: '2021', area: '06', area_name: { vi: 'Tỉnh Bắc Kạn', en: 'Bắc Kạn province' } }

function sessionOf(user: Session['user'], ...rights: HeldRole[]): Session {
  return {
    signed_in: user !== null,
    via: user ? 'cookie' : null,
    public_reading: true,
    trial: true,
    needs_setup: false,
    user,
    rights,
  }
}

export const administrator = sessionOf(
  { user: 'an.nguyen', name: 'Nguyễn Văn An', unit: 'Hội đồng bầu cử quốc gia', language: 'vi' },
  { ...vn, role: 'administrator' },
)
export const signedOut = sessionOf(null)
export const reporter = sessionOf(
  { user: 'lan.tran', name: 'Trần Thị Lan', unit: 'UBND thành phố', language: 'vi' },
  { ...city, role: 'reporter' },
)
export const lead = sessionOf(
  { user: 'duc.ha', name: 'Hà Văn Đức', unit: 'UBND tỉnh', language: 'en' },
  { ...province, role: 'lead' },
)

export const password = 'con trâu đi trước'
export const secret = 'tdu_abc'

interface Reply {
  status: number
  body?: unknown
}

const refused = (status: number, code: string, detail: string, more: object = {}): Reply => ({
  status,
  body: { type: '', title: code, status, detail, instance: '', code, ...more },
})

/** Accounts, sessions, tokens and roles as the server keeps them. */
export class FakeAccess {
  session: Session = administrator
  known: Session[] = [administrator, reporter, lead]
  sessions: OwnSession[] = [
    {
      session: 's1',
      begun_at: '2021-01-25T01:00:00Z',
      seen_at: '2021-01-25T03:00:00Z',
      device: '',
      current: true,
    },
    {
      session: 's2',
      begun_at: '2021-01-24T01:00:00Z',
      seen_at: '2021-01-24T03:00:00Z',
      device: 'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0',
      current: false,
    },
  ]
  tokens: Token[] = []
  calendars: OwnCalendar[] = []
  reminders: Reminders = {
    address: null,
    confirmed: false,
    wanted: true,
    days_before: [7, 3, 1],
    sending: 'on',
    last: [],
    revision: 1,
  }
  /** What is sent to an address that waits to be confirmed. */
  readonly code = '12345678'
  users: User[] = [
    this.#user('lan.tran', 'Trần Thị Lan', { ...city, role: 'reporter' }),
    this.#user('duc.ha', 'Hà Văn Đức', { ...province, role: 'lead' }),
  ]
  /** How many people a page has. */
  page = 100

  /** What is answered; null: it is of no access. */
  answer(method: string, path: string, query: URLSearchParams, headers: Headers, text: string): Reply | null {
    const said = (text ? JSON.parse(text) : {}) as Record<string, string>
    const [, , , what = '', more = '', id = ''] = path.split('/')
    if (what === 'session') return this.#session(method, said)
    if (what === 'setup') return this.#setup(more, said)
    const people = /\/areas\/(.+)\/people(?:\/(.+))?$/.exec(path)
    if (what !== 'me' && what !== 'users' && !people && method === 'GET') return null
    if (!this.session.signed_in) return refused(401, 'sign-in-needed', 'Cần đăng nhập.')
    if (what === 'me' && more === 'reminders') return this.#reminders(method, id, headers, said)
    if (what === 'me') return this.#me(method, more, id, said)
    if (what === 'users') return this.#users(method, more, id, said)
    if (people) return this.#people(method, people[1] ?? '', people[2] ?? '', query, headers, said)
    return null
  }

  #user(user: string, name: string, ...rights: HeldRole[]): User {
    return { user, name, unit: 'UBND', language: 'vi', disabled: false, set_up: true, rights, revision: 1 }
  }

  #session(method: string, said: Record<string, string>): Reply {
    if (method === 'DELETE') {
      this.session = { ...signedOut, public_reading: this.session.public_reading }
      return { status: 204 }
    }
    if (method === 'POST') {
      const found = this.known.find(one => one.user?.user === said.user)
      if (!found || said.password !== password) {
        return refused(401, 'sign-in-refused', 'Tên đăng nhập hoặc mật khẩu không đúng.')
      }
      this.session = { ...found, public_reading: this.session.public_reading }
    }
    return { status: 200, body: this.session }
  }

  #setup(more: string, said: Record<string, string>): Reply {
    if (said.secret !== secret) {
      return refused(404, 'setup-link-unknown', 'Đường liên kết này đã dùng hoặc đã hết hạn.')
    }
    if (more === 'look') {
      return { status: 200, body: { user: 'lan.tran', name: 'Trần Thị Lan', until: '2021-02-01T03:00:00Z' } }
    }
    this.session = reporter
    return { status: 200, body: reporter }
  }

  #me(method: string, what: string, id: string, said: Record<string, string>): Reply {
    if (what === 'sessions') {
      if (method === 'GET') return { status: 200, body: { items: this.sessions } }
      this.sessions = id ? this.sessions.filter(one => one.session !== id) : []
      if (!id) this.session = signedOut
      return { status: 204 }
    }
    if (what === 'tokens') return this.#tokens(method, id, said)
    if (what === 'calendars') return this.#calendars(method, id, said)
    if (what === 'password') {
      if (said.current === password) return { status: 204 }
      const wrong = 'Mật khẩu hiện nay không đúng.'
      return refused(422, 'password-wrong', wrong, { errors: [{ pointer: '/current', detail: wrong }] })
    }
    if (method === 'PATCH' && this.session.user) {
      this.session = { ...this.session, user: { ...this.session.user, ...said } }
    }
    return { status: 200, body: this.session.user }
  }

  #tokens(method: string, id: string, said: Record<string, string>): Reply {
    if (method === 'GET') return { status: 200, body: { items: this.tokens } }
    if (method === 'DELETE') {
      this.tokens = this.tokens.filter(one => one.token !== id)
      return { status: 204 }
    }
    const made = {
      ...said,
      token: `t${this.tokens.length}`,
      area_name: said.area === '058' ? city.area_name : vn.area_name,
      made_at: '2021-01-25T03:00:00Z',
      last_used_at: null,
    } as unknown as Token
    this.tokens = [made, ...this.tokens]
    return { status: 201, body: { token: made, secret: 'tdt_once' } }
  }

  #calendars(method: string, id: string, said: Record<string, string>): Reply {
    if (method === 'GET') return { status: 200, body: { items: this.calendars } }
    if (method === 'DELETE') {
      this.calendars = this.calendars.filter(one => one.calendar !== id)
      return { status: 204 }
    }
    const made = {
      levels: '',
      body: '',
      alarm: '',
      ...said,
      calendar: `c${this.calendars.length}`,
      area_name: city.area_name,
      made_at: '2021-01-25T03:00:00Z',
      last_used_at: null,
    } as unknown as OwnCalendar
    this.calendars = [made, ...this.calendars]
    return {
      status: 201,
      body: { calendar: made, address: 'https://tiendo.example/calendars/tdc_once.ics' },
    }
  }

  #reminders(method: string, what: string, headers: Headers, said: Record<string, unknown>): Reply {
    const now = this.reminders
    if (method === 'GET') return { status: 200, body: now }
    const codes = now.last.filter(one => one.kind === 'confirmation').length
    const asks = what === 'code' || (said.address != null && said.address !== now.address)
    if (what === 'confirmation' && said.code !== this.code) {
      this.reminders = { ...now, revision: now.revision + 1 }
      const wrong = 'Mã không đúng; còn 4 lần thử.'
      return refused(422, 'mail-code-wrong', wrong, { errors: [{ pointer: '/code', detail: wrong }] })
    }
    if (method === 'PATCH' && headers.get('If-Match') !== `"r${now.revision}"`) {
      return refused(412, 'stale-revision', 'Cài đặt nhắc việc đã được sửa.', { current: now })
    }
    if (asks && codes >= 5) return refused(429, 'mail-code-too-often', 'Đã gửi 5 mã xác nhận trong một ngày.')
    const code = {
      kind: 'confirmation',
      subject: 'Tiến độ: mã xác nhận địa chỉ thư',
      state: 'waiting' as const,
      made_at: new Date(Date.now() + codes).toISOString(),
      sent_at: null,
    }
    this.reminders = {
      ...now,
      ...said,
      confirmed: what === 'confirmation' || (now.confirmed && said.address === undefined),
      last: asks ? [code, ...now.last] : now.last,
      revision: now.revision + 1,
    }
    return what === 'code' ? { status: 204 } : { status: 200, body: this.reminders }
  }

  #users(method: string, name: string, more: string, said: Record<string, string>): Reply {
    const found = this.users.find(one => one.user === name)
    if (!found) return refused(404, 'nothing-here', 'Không có ở đây.')
    if (more) return { status: 201, body: this.#link(found) }
    if (method !== 'GET') {
      found.revision++
      found.disabled = method === 'DELETE' ? true : (said.disabled as unknown as boolean)
    }
    return method === 'DELETE' ? { status: 204 } : { status: 200, body: { ...found } }
  }

  #link({ user, name }: User) {
    return { user, name, secret, path: `/setup#${secret}`, until: '2021-02-01T03:00:00Z' }
  }

  #people(
    method: string,
    area: string,
    name: string,
    query: URLSearchParams,
    headers: Headers,
    said: Record<string, string>,
  ): Reply {
    if (method === 'GET' && !name) return { status: 200, body: this.#list(area, query) }
    const found = this.users.find(one => one.user === (name || said.user))
    const place = [vn, province, city].find(one => one.area === area) ?? city
    if (method === 'POST') {
      if (found) return refused(409, 'user-exists', 'Đã có tài khoản này.')
      const made = { ...this.#user(said.user ?? '', said.name ?? '', { ...place, role: said.role as Role }) }
      this.users.push({ ...made, unit: said.unit ?? '', set_up: false })
      return {
        status: 201,
        body: { person: this.#person(made, made.rights[0], area), setup: this.#link(made) },
      }
    }
    if (!found) return refused(404, 'nothing-here', 'Không có ở đây.')
    const held = found.rights.find(one => one.area === area)
    if (method !== 'GET') {
      if (held && headers.get('If-Match') !== `"r${found.revision}"`)
        return refused(412, 'stale', 'Có người vừa sửa.')
      found.revision++
      found.rights = found.rights.filter(one => one !== held)
      if (method === 'DELETE') return { status: 204 }
      found.rights.push({ ...place, role: said.role as Role })
    }
    return {
      status: 200,
      body: this.#person(
        found,
        found.rights.find(one => one.area === area),
        area,
      ),
    }
  }

  #person(user: User, right: HeldRole | undefined, at: string): Person {
    const chain = ['058', '06', 'VN']
    const where =
      right?.area === at ? 'here' : chain.indexOf(right?.area ?? '') > chain.indexOf(at) ? 'above' : 'below'
    return {
      user: user.user,
      name: user.name,
      unit: user.unit,
      disabled: user.disabled,
      area: right?.area ?? at,
      area_name: right?.area_name ?? city.area_name,
      where,
      role: right?.role ?? 'none',
      granted_by: null,
      revision: user.revision,
    }
  }

  #list(area: string, query: URLSearchParams) {
    const order = ['here', 'above', 'below']
    const all = this.users
      .flatMap(user => user.rights.map(right => this.#person(user, right, area)))
      .filter(one => one.where !== 'below' || query.get('branch') === 'true')
      .sort((a, b) => order.indexOf(a.where) - order.indexOf(b.where))
    const from = Number(query.get('after') ?? 0)
    const next = from + this.page < all.length ? `/people?after=${from + this.page}` : null
    return { items: all.slice(from, from + this.page), next }
  }
}
