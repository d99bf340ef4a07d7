import { UserMenu } from '../access/usermenu'
import type { Election } from '../api/names'
import { FindButton } from '../search/finder'
import { words } from '../text/words'
import { ElectionChoice } from './elections'
import { Link } from './link'
import { useNarrow } from './narrow'
import { TongueButton } from './tongue'

interface Props {
  election: Election | null
  all: Election[]
  search: boolean
}

/** The head of every screen: what this is, which election, a search, the language. */
export function Header({ election, all, search }: Props) {
  const t = words()
  const narrow = useNarrow()
  return (
    <header class="head">
      <div class={all.length > 1 ? 'head-in several' : 'head-in'}>
        <Link
          class="brand"
          to={{
            election: all.length > 1 ? (election?.id ?? null) : null,
            area: null,
            asOf: null,
            knownAt: null,
          }}
        >
          <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
            <rect width="32" height="32" rx="6" fill="#7d1416" />
            <rect x="6" y="8" width="14" height="4" rx="2" fill="#e6bd57" />
            <rect x="10" y="15" width="16" height="4" rx="2" fill="#fff" />
            <rect x="6" y="22" width="9" height="4" rx="2" fill="#fff" opacity=".75" />
          </svg>
          <span>{narrow ? t.product : t.productLong}</span>
        </Link>
        <ElectionChoice election={election} all={all} />
        {search && election && <FindButton />}
        <TongueButton />
        <UserMenu />
      </div>
    </header>
  )
}
