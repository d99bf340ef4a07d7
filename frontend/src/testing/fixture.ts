// Thành phố Bắc Kạn on the trial day 25/01/2021, as the server would tell it.
import type {
  Area,
  AreaRef,
  Body,
  Document,
  Election,
  MilestoneDetail,
  Statement,
  Timeline,
} from '../api/names'
import data from './bac-kan.json'

export const today = '2021-01-25'

export const election: Election = {
  id: '2021',
  title: {
    vi: 'Bầu cử đại biểu Quốc hội khóa XV và đại biểu HĐND các cấp nhiệm kỳ 2021–2026',
    en: 'Elections to the 15th National Assembly and People’s Councils 2021–2026',
  },
  election_day: '2021-05-23',
  state: 'running',
  rulebook: {
    id: '2015',
    version: '1',
    title: { vi: 'Bầu cử theo Luật 85/2015/QH13', en: 'Elections under Law 85/2015/QH13' },
  },
  edition: '2021',
  levels: ['national', 'province', 'district', 'commune'],
  today,
  trial: true,
  areas: 11371,
  first_day: '2020-06-16',
  last_day: today,
}

const nation: AreaRef = {
  code: 'VN',
  level: 'national',
  name: 'Việt Nam',
  name_en: 'Viet Nam',
  short_name: 'Việt Nam',
}
const province: AreaRef = {
  code: '06',
  level: 'province',
  name: 'Tỉnh Bắc Kạn',
  name_en: 'Bắc Kạn province',
  short_name: 'Bắc Kạn',
}

function area(ref: AreaRef, type: string, ancestors: AreaRef[], children: number): Area {
  return {
    ...ref,
    parent: ancestors[0]?.code ?? null,
    type,
    ancestors,
    children,
    council: ref.level !== 'national',
    voters: true,
    voting_day: '2021-05-23',
    voting_opens: '07:00',
  }
}

export const city: Area = area(
  {
    code: '058',
    level: 'district',
    name: 'Thành phố Bắc Kạn',
    name_en: 'Bắc Kạn city',
    short_name: 'Bắc Kạn',
  },
  'thành phố',
  [province, nation],
  8,
)

export const areas: Area[] = [
  area(nation, 'nước', [], 63),
  area(province, 'tỉnh', [nation], 8),
  city,
  ...['Hà Nội', 'Hà Giang', 'Cao Bằng', 'Tuyên Quang', 'Lào Cai', 'Điện Biên', 'Lai Châu'].map((name, at) =>
    area(
      {
        code: ['01', '02', '04', '08', '10', '11', '12'][at] ?? '',
        level: 'province',
        name: `${at === 0 ? 'Thành phố' : 'Tỉnh'} ${name}`,
        name_en: `${name} ${at === 0 ? 'city' : 'province'}`,
        short_name: name,
      },
      at === 0 ? 'thành phố' : 'tỉnh',
      [nation],
      10,
    ),
  ),
  ...['Nguyễn Thị Minh Khai', 'Sông Cầu', 'Đức Xuân', 'Phùng Chí Kiên', 'Huyền Tụng', 'Xuất Hóa'].map(
    (name, at) =>
      area(
        {
          code: `0184${at}`,
          level: 'commune',
          name: `Phường ${name}`,
          name_en: `${name} ward`,
          short_name: name,
        },
        'phường',
        [{ ...city }, province, nation].map(({ code, level, name: n, name_en, short_name }) => ({
          code,
          level,
          name: n,
          name_en,
          short_name,
        })),
        0,
      ),
  ),
]

/** The timeline of the city; a fresh copy, so that a test may change it. */
export function bacKan(): Timeline {
  const { phases, items, above, first_day, last_day } = structuredClone(data) as unknown as Pick<
    Timeline,
    'phases' | 'items' | 'above' | 'first_day' | 'last_day'
  >
  const owed = items.filter(item => item.nature === 'duty' || item.nature === 'event')
  return {
    changes_token: null,
    election: {
      id: election.id,
      title: election.title,
      election_day: election.election_day,
      state: election.state,
      trial: election.trial,
    },
    area: structuredClone(city),
    today,
    day: today,
    as_of: null,
    known_at: null,
    revision: 12,
    next_refresh_after: 60,
    first_day,
    last_day,
    counts: {
      total: owed.length,
      done: owed.filter(item => item.work === 'done').length,
      overdue: owed.filter(item => item.timing === 'overdue').length,
      behind_plan: owed.filter(item => item.timing === 'behind_plan').length,
      due_soon: owed.filter(item => item.timing === 'due_soon').length,
    },
    phases,
    items,
    above,
  }
}

/** Milestones with everything, by `area/id`. */
export function details(): Record<string, MilestoneDetail> {
  return structuredClone(data.details) as unknown as Record<string, MilestoneDetail>
}

export const documents = data.documents as unknown as Document[]
export const bodies = data.bodies as unknown as Body[]
export const statements = data.statements as unknown as Statement[]
