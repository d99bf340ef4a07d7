import { useEffect, useRef } from 'preact/hooks'
import { askWhenNeeded, look } from '../access/asking'
import { sessionCell } from '../access/session'
import { SignInDialog, SignInPage } from '../access/signin'
import { speak } from '../api/client'
import type { Session } from '../api/names'
import { Finder, useFindKeys } from '../search/finder'
import { Sheet } from '../search/sheet'
import { address, followHistory, language, type Own } from '../state/address'
import { renewCells } from '../state/cell'
import { electionsCell, presentElection, timelineCell } from '../state/election'
import { useRefresh } from '../state/refresh'
import { learn, words } from '../text/words'
import { annexed, asMain } from './annex'
import { ElectionBanners, GoneBanner } from './banner'
import { Header } from './header'
import { Home } from './home'
import { Place } from './place'
import { Failure, Skeleton } from './state'
import { MissingTongue } from './tongue'

const AccountPage = annexed(() => import('../access/account').then(it => it.AccountPage), asMain)
const SetUpPage = annexed(() => import('../access/setup').then(it => it.SetUpPage), asMain)
const WorkPage = annexed(() => import('../mywork/work').then(it => it.WorkPage), asMain)

/** The whole page: head, banners, and the screen that the address names. */
export function Page() {
  const t = words()
  const lang = language.value
  speak(lang)
  useEffect(() => followHistory(), [])
  useFindKeys()
  useEffect(() => {
    document.documentElement.lang = lang
    // The back button may lead to a language that has not been spoken since the page was loaded.
    void learn(lang)
  }, [lang])
  const session = useSession()
  // Where nothing is public there is nothing to show before signing in, but the way in.
  const closed = session !== null && !session.signed_in && !session.public_reading
  const own = address.value.own ?? (closed ? 'sign-in' : null)
  return (
    <>
      <a class="skip" href="#main">
        {t.skipMain}
      </a>
      {own ? (
        <>
          <Header election={null} all={[]} search={false} />
          <MissingTongue />
          <OwnScreen own={own} closed={closed} />
        </>
      ) : (
        <OfElections />
      )}
      <SignInDialog />
    </>
  )
}

/** Who is signed in; when that is somebody else, what is shown is asked for anew. */
function useSession(): Session | null {
  const { data } = sessionCell().known.value
  const who = data && (data.user?.user ?? '')
  const was = useRef(who)
  useEffect(() => {
    if (was.current !== null && who !== was.current) renewCells()
    was.current = who
  }, [who])
  useEffect(() => {
    askWhenNeeded()
    const again = () => {
      if (document.visibilityState === 'visible') look()
    }
    document.addEventListener('visibilitychange', again)
    return () => document.removeEventListener('visibilitychange', again)
  }, [])
  return data
}

/** A screen that is of no place. */
function OwnScreen({ own, closed }: { own: Own; closed: boolean }) {
  // Asked already: the way back leads into them.
  if (!closed) void electionsCell().known.value
  if (own === 'setup') return <SetUpPage />
  if (own === 'work') return <WorkPage />
  return own === 'account' ? <AccountPage /> : <SignInPage />
}

/** What the address names of an election. */
function OfElections() {
  const { election: id, area, asOf, knownAt } = address.value
  const cell = electionsCell()
  useRefresh(cell)
  const known = cell.known.value
  const elections = known.data?.items ?? []
  const election = id ? (elections.find(one => one.id === id) ?? null) : presentElection(elections)
  const place = election && area ? timelineCell(election.id, area, asOf, knownAt) : null
  return (
    <>
      <Header election={election} all={elections} search={area !== null} />
      <MissingTongue />
      {/* The timeline's own election is the fresher one: it comes again with every refresh. */}
      <ElectionBanners
        election={place?.known.value.data?.election ?? election}
        today={place?.known.value.data?.today ?? election?.today ?? null}
      />
      {election && place && <Place cell={place} key={`${election.id} ${area}`} />}
      {election && !place && (
        <>
          <GoneBanner known={known} />
          <Home election={election} all={elections} />
        </>
      )}
      {!election && <Without />}
      {election && <Finder election={election.id} />}
      {election && <Sheet election={election.id} />}
    </>
  )
}

/** No election to show: not yet, not there, or nobody answers. */
function Without() {
  const t = words()
  const cell = electionsCell()
  const known = cell.known.value
  const waiting = known.data === null && !known.problem && !known.unreachable
  return (
    <main id="main" tabIndex={-1}>
      {waiting ? (
        <Skeleton lines={8} />
      ) : (
        <Failure
          problem={known.problem ?? (known.data ? notFound : null)}
          unreachable={known.unreachable}
          notFound={
            address.value.election ? t.error.electionGone(address.value.election) : t.error.noElections
          }
          onRetry={() => void cell.refresh()}
        />
      )}
    </main>
  )
}

const notFound = { type: '', title: '', status: 404, detail: '', instance: '', code: '' }
