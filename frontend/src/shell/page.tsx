import { useEffect } from 'preact/hooks'
import { speak } from '../api/client'
import { Finder, useFindKeys } from '../search/finder'
import { Sheet } from '../search/sheet'
import { address, followHistory, language } from '../state/address'
import { electionsCell, presentElection, timelineCell } from '../state/election'
import { useRefresh } from '../state/refresh'
import { words } from '../text/words'
import { ElectionBanners, GoneBanner } from './banner'
import { Header } from './header'
import { Home } from './home'
import { Place } from './place'
import { Failure, Skeleton } from './state'

/** The whole page: head, banners, and the screen that the address names. */
export function Page() {
  const t = words()
  const lang = language.value
  speak(lang)
  useEffect(() => followHistory(), [])
  useFindKeys()
  useEffect(() => {
    document.documentElement.lang = lang
  }, [lang])
  const { election: id, area, asOf, knownAt } = address.value
  const cell = electionsCell()
  useRefresh(cell)
  const known = cell.known.value
  const elections = known.data?.items ?? []
  const election = id ? (elections.find(one => one.id === id) ?? null) : presentElection(elections)
  const place = election && area ? timelineCell(election.id, area, asOf, knownAt) : null
  return (
    <>
      <a class="skip" href="#main">
        {t.skipMain}
      </a>
      <Header election={election} all={elections} search={area !== null} />
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
