import type {
  Area,
  BatchPost,
  Change,
  Election,
  Found,
  FoundGroup,
  Matrix,
  MilestoneDetail,
  Task,
  TaskPatch,
  Timeline,
} from '../api/names'
import { FakeAccess } from './access'
import { batchOf } from './batch'
import { comparisonOf } from './comparison'
import { deadlinesOf } from './deadlines'
import { areas, bacKan, bodies, details, documents, election, statements, today } from './fixture'
import { matrixOf } from './matrix'

const heading = (key: string, vi: string, phase?: string) => ({
  key,
  title: { vi, en: `${key} in English` },
  ...(phase ? { phase } : {}),
})
const rules = {
  rulebook: election.rulebook,
  phases: [heading('direction', 'Chỉ đạo'), heading('setup', 'Thành lập tổ chức')],
  families: [
    heading('directive', 'Chỉ thị', 'direction'),
    heading('election_committee', 'Thành lập Ủy ban bầu cử', 'setup'),
  ],
  items: [],
}

/** A small stand-in for the server that keeps the contract's manners: tags, 304, 412, problem documents. */
export class FakeServer {
  timeline: Timeline = bacKan()
  details: Record<string, MilestoneDetail> = details()
  history: Change[] = []
  /** Elections beside the one of the fixture, with the places of their lists; they have no milestones. */
  others: { election: Election; areas: Area[] }[] = []
  /** Who may do what; at first everything. */
  readonly access = new FakeAccess()
  /** Nobody answers while it is set. */
  gone = false
  /** What was asked, as "GET /path". */
  readonly asked: string[] = []
  /** How often the milestones were redrawn: pages of a list that was begun before are refused. */
  redrawn = 0
  /** What a test makes of a matrix. */
  shapeMatrix: (matrix: Matrix) => Matrix = matrix => matrix
  /** What was sent of ticked rows, previews as well. */
  readonly batches: BatchPost[] = []
  /** The place whose rows are refused in a batch. */
  refusedPlace = ''
  /** Called before a change is taken: for a second person who is quicker. */
  beforePatch: (() => void) | null = null

  /** Takes the place of `fetch`. */
  readonly fetch = async (input: RequestInfo | URL): Promise<Response> => {
    const request = input instanceof Request ? input : new Request(input)
    const url = new URL(request.url)
    this.asked.push(`${request.method} ${url.pathname}${url.search}`)
    if (this.gone) throw new TypeError('Failed to fetch')
    const text = request.method === 'GET' ? '' : await request.text()
    return this.#answer(request.method, url, request.headers, text)
  }

  #answer(method: string, url: URL, headers: Headers, body: string): Response {
    const ofAccess = this.access.answer(method, url.pathname, url.searchParams, headers, body)
    if (ofAccess) {
      const { status, body: said } = ofAccess
      return new Response(said === undefined ? null : JSON.stringify(said), {
        status,
        headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' },
      })
    }
    const path = url.pathname.replace('/api/v1/elections', '').split('/').filter(Boolean)
    const tag = `W/"${this.timeline.revision}"`
    if (path.length === 0) {
      const beside = this.others.map(one => one.election)
      return json({ items: [...beside, { ...election, ...this.timeline.election }] }, tag, headers)
    }
    const other = this.others.find(one => one.election.id === path[0])
    if (other) return this.#other(other, path.slice(2), tag, headers)
    if (path[0] !== election.id) return problem(404, 'Không có cuộc bầu cử này.')
    if (path[1] === 'search') return json({ groups: foundIn(this.timeline, url.searchParams) }, tag, headers)
    if (path[1] === 'documents' && path[2]) {
      const paper = documents.find(one => one.key === path[2])
      return paper ? json(paper, tag, headers) : problem(404, 'Không có văn bản này.')
    }
    if (path[1] === 'documents') {
      const rule = url.searchParams.get('implements')
      return json({ items: documents.filter(d => !rule || d.implements.includes(rule)) }, tag, headers)
    }
    if (path[1] === 'rules') return json(rules, tag, headers)
    if (path[1] === 'bodies') return json({ items: bodies }, tag, headers)
    if (path[1] === 'statements') return json({ items: statements }, tag, headers)
    if (path[1] === 'areas') return this.#areas(method, path.slice(2), url, headers, body, tag)
    return problem(404, 'Không có địa chỉ này.')
  }

  #other(
    { election, areas }: { election: Election; areas: Area[] },
    [code, what]: string[],
    tag: string,
    headers: Headers,
  ): Response {
    const area = areas.find(one => one.code === code)
    if (!area) return problem(404, 'Không có địa phương này.')
    if (what === 'children') return json({ items: areas.filter(one => one.parent === code) }, tag, headers)
    if (what === 'matrix') return json(matrixOf(area, new URLSearchParams()), tag, headers)
    if (what !== 'timeline') return json(area, tag, headers)
    return json({ ...this.timeline, election, area, items: [], above: [] }, tag, headers)
  }

  #areas(method: string, path: string[], url: URL, headers: Headers, body: string, tag: string): Response {
    const [code, what, id, more, task] = path
    if (!code) {
      const q = fold(url.searchParams.get('q') ?? '')
      const limit = Number(url.searchParams.get('limit') ?? 20)
      const found = areas.filter(a => fold(a.name).includes(q))
      return json({ items: found.slice(0, limit), has_more: found.length > limit }, tag, headers)
    }
    const area = areas.find(a => a.code === code)
    if (!area) return problem(404, 'Không có địa phương này.')
    if (!what) return json(area, tag, headers)
    if (what === 'children') {
      return json({ items: areas.filter(a => a.parent === code), has_more: false }, tag, headers)
    }
    if (what === 'timeline' && (url.searchParams.get('as_of') ?? '') > today) {
      return problem(422, 'Ngày này chưa đến.')
    }
    if (what === 'timeline') return json(this.#timelineOf(code, url), `${tag}${url.search}`, headers)
    if (what === 'deadlines') return this.#deadlines(area, url, headers, tag)
    if (what === 'batches') return this.#batch(area, url, headers, JSON.parse(body) as BatchPost)
    if (what === 'comparison') {
      return json(comparisonOf(area, this.timeline, url), `${tag}${url.search}`, headers)
    }
    if (what === 'matrix') {
      return json(this.shapeMatrix(matrixOf(area, url.searchParams)), `${tag}${url.search}`, headers)
    }
    const detail = id ? this.#detail(code, id) : undefined
    if (!detail) return problem(404, 'Không có mốc việc này.')
    if (more === 'history') return json(this.#historyPage(url), tag, headers)
    if (more === 'tasks' && method === 'PATCH') return this.#patchTask(detail, task ?? '', headers, body)
    if (method === 'PATCH') return this.#patchMilestone(detail, headers, body)
    return json(detail, `"r${detail.revision}"`, headers)
  }

  #deadlines(area: Area, url: URL, headers: Headers, tag: string): Response {
    const [start, redrawn] = url.searchParams.get('after')?.split('.').map(Number) ?? [0, this.redrawn]
    if (redrawn !== this.redrawn) return problem(410, 'Danh sách đã được lập lại.')
    const list = deadlinesOf(area, url.searchParams, start)
    const next = list.next && `${list.next}.${this.redrawn}`
    return json({ ...list, next }, `${tag}${url.search}${this.redrawn}`, headers)
  }

  /** What a batch of ticked rows comes to; the rows of one place may be refused. */
  #batch(area: Area, url: URL, headers: Headers, post: BatchPost): Response {
    this.batches.push(post)
    const batch = batchOf(area, post, url.searchParams.get('dry_run') === 'true', this.refusedPlace)
    return json(batch, '', headers)
  }

  #historyPage(url: URL): { items: Change[]; has_more: boolean } {
    const before = Number(url.searchParams.get('before') ?? Number.POSITIVE_INFINITY)
    const left = this.history.filter(change => change.revision < before)
    return { items: left.slice(0, 100), has_more: left.length > 100 }
  }

  #timelineOf(code: string, url: URL): Timeline {
    const asOf = url.searchParams.get('as_of')
    const knownAt = url.searchParams.get('known_at')
    const area = areas.find(a => a.code === code) ?? this.timeline.area
    const own = code === '058' ? this.timeline.items : []
    return {
      ...this.timeline,
      area,
      items: own,
      day: asOf ?? this.timeline.day,
      as_of: asOf,
      known_at: knownAt,
      above: code === 'VN' ? [] : this.timeline.above,
    }
  }

  #detail(code: string, id: string): MilestoneDetail | undefined {
    const key = `${code}/${id}`
    const found = this.details[key]
    if (found) return found
    const item = [...this.timeline.items, ...this.timeline.above].find(m => m.area === code && m.id === id)
    if (!item) return undefined
    const { timing: _t, days_left: _d, tasks_total: _n, tasks_done: _m, ...rest } = item
    const made: MilestoneDetail = {
      ...rest,
      why: [],
      citations: [],
      sources: [],
      after: [],
      notes: null,
      scope: null,
      tasks: [],
    }
    this.details[key] = made
    return made
  }

  #patchTask(detail: MilestoneDetail, key: string, headers: Headers, body: string): Response {
    this.beforePatch?.()
    const task = detail.tasks.find(t => t.key === key)
    if (!task) return problem(404, 'Không có công việc này.')
    if (headers.get('If-Match') !== `"r${task.revision}"`) {
      return problem(412, 'Có người khác vừa sửa.', { current: task })
    }
    const patch = JSON.parse(body) as TaskPatch
    if (patch.done_on && patch.done_on > today) {
      return problem(422, 'Ngày xong ở tương lai.', {
        errors: [{ pointer: '/done_on', detail: 'Ngày này chưa đến; ghi một ngày đến 25/01/2021.' }],
      })
    }
    const before = { ...task }
    this.timeline.revision += 1
    Object.assign(task, patch, { revision: this.timeline.revision })
    if (patch.evidence) {
      task.evidence = { number: null, issued_on: null, link: null, ...before.evidence, ...patch.evidence }
    }
    this.#follow(detail, before, task)
    const item = this.timeline.items.find(m => m.id === detail.id)
    const milestone = item ?? this.timeline.above[0]
    const done = { task, milestone, moved: [], warnings: [], revision: this.timeline.revision }
    return json(done, `"r${task.revision}"`, headers)
  }

  /** What follows from a task: its milestone's work and the log. */
  #follow(detail: MilestoneDetail, before: Task, task: Task): void {
    const all = detail.tasks.map(t => t.status)
    detail.work = all.every(s => s === 'done') ? 'done' : all.includes('done') ? 'in_progress' : task.status
    detail.done_on = detail.work === 'done' ? task.done_on : null
    detail.revision = task.revision
    const item = this.timeline.items.find(m => m.id === detail.id)
    if (item) {
      item.work = detail.work
      item.done_on = detail.done_on
      item.timing = detail.work === 'done' ? 'done_on_time' : 'upcoming'
      item.tasks_done = all.filter(s => s === 'done').length
      item.revision = task.revision
    }
    this.history.unshift({
      revision: task.revision,
      kind: 'task_updated',
      area: detail.area,
      milestone: detail.id,
      task: task.key,
      actor: 'local',
      recorded_at: '2021-01-25T03:00:00Z',
      happened_on: today,
      reason: null,
      before: logged(before),
      after: logged(task),
    })
  }

  #patchMilestone(detail: MilestoneDetail, headers: Headers, body: string): Response {
    this.beforePatch?.()
    if (headers.get('If-Match') !== `"r${detail.revision}"`) {
      return problem(412, 'Có người khác vừa sửa.', { current: detail })
    }
    const patch = JSON.parse(body) as { planned_on: string | null }
    if (patch.planned_on && detail.latest_on && patch.planned_on > detail.latest_on) {
      return problem(422, 'Ngày kế hoạch sau hạn của luật.', {
        errors: [{ pointer: '/planned_on', detail: 'Sau hạn 17/02/2021 theo Điều 50 khoản 1.' }],
      })
    }
    this.timeline.revision += 1
    detail.planned_on = patch.planned_on
    detail.revision = this.timeline.revision
    const item = this.timeline.items.find(m => m.id === detail.id)
    if (item) {
      item.planned_on = patch.planned_on
      item.revision = detail.revision
    }
    return json({ milestone: item, revision: detail.revision }, `"r${detail.revision}"`, headers)
  }
}

function json(body: unknown, tag: string, asked: Headers): Response {
  if (asked.get('If-None-Match') === tag) return new Response(null, { status: 304, headers: { ETag: tag } })
  return new Response(JSON.stringify(body), {
    status: 200,
    headers: { 'Content-Type': 'application/json', ETag: tag },
  })
}

function problem(status: number, detail: string, more: object = {}): Response {
  const body = { type: 'about:blank', title: 'x', status, detail, instance: '', code: 'x', ...more }
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  })
}

/** A task as the log keeps it. */
function logged(task: Task): Change['before'] {
  const { key, status, reason, done_on, done_by, evidence } = task
  const state = {
    key,
    status,
    ...(reason ? { reason } : {}),
    ...(done_on ? { done_on } : {}),
    ...(done_by ? { done_by } : {}),
    ...(evidence?.number ? { evidence_number: evidence.number } : {}),
  }
  return { task: state } as unknown as Change['before']
}

/** What a search finds: whatever has the text in it. */
function foundIn(timeline: Timeline, asked: URLSearchParams): FoundGroup[] {
  const q = fold(asked.get('q') ?? '')
  const limit = Number(asked.get('limit') ?? 8)
  const plain = {
    similar: false,
    level: null,
    places: [],
    citation: null,
    plan: null,
    at: null,
    number: null,
  }
  const rest = { issued_on: null, issuer: null, body_kind: null }
  const ref = (code: string) => {
    const found = areas.find(one => one.code === code) ?? timeline.area
    return {
      code,
      level: found.level,
      name: found.name,
      name_en: found.name_en,
      short_name: found.short_name,
    }
  }
  const all: Found[] = [
    ...areas.map(one => ({
      ...plain,
      ...rest,
      kind: 'area' as const,
      key: one.code,
      title: { vi: one.name, en: one.name_en },
      level: one.level,
      places: one.ancestors.filter(above => above.level !== 'national'),
    })),
    ...timeline.items.map(one => ({
      ...plain,
      ...rest,
      kind: 'milestone' as const,
      key: one.key,
      title: one.title,
      at: { area: ref(one.area), milestone: one.id },
    })),
    ...documents.map(one => ({
      ...plain,
      ...rest,
      kind: 'document' as const,
      key: one.key,
      title: one.title,
      number: one.number,
      issued_on: one.issued_on,
    })),
    ...bodies.map(one => ({
      ...plain,
      ...rest,
      kind: 'body' as const,
      key: one.key,
      title: one.name,
      places: [ref(one.area)],
      body_kind: one.kind,
    })),
  ]
  return (['area', 'milestone', 'document', 'body'] as const).flatMap(kind => {
    const found = all.filter(
      one => one.kind === kind && fold(`${one.title.vi} ${one.number ?? ''} ${one.key}`).includes(q),
    )
    return found.length ? [{ kind, items: found.slice(0, limit), has_more: found.length > limit }] : []
  })
}

function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('đ', 'd')
}
