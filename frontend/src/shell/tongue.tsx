import { go, language } from '../state/address'
import { english, learn, words } from '../text/words'
import { MissingPart } from './annex'

/** The page in the other language, once its dictionary is there. */
function speakEnglish(): void {
  void learn('en').then(() => {
    if (english.known.peek().part) go({ lang: 'en' }, { replace: true })
  })
}

/** Leads to the page in the other language. */
export function TongueButton() {
  const known = english.known.value.part !== null
  // What it leads away from is what is spoken, which is Vietnamese as long as the other dictionary is not there.
  const other = language.value === 'en' && known ? 'vi' : 'en'
  return (
    <button
      type="button"
      class="button quiet tongue"
      lang={other}
      onClick={() => (known ? go({ lang: other }, { replace: true }) : speakEnglish())}
    >
      {words().otherLanguage}
    </button>
  )
}

/** The other language was asked for and could not be had. */
export function MissingTongue() {
  const { missing } = english.known.value
  if (!missing) return null
  return <MissingPart why={missing} onRetry={speakEnglish} onLeave={() => english.leave()} />
}
