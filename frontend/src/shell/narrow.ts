import { useEffect, useState } from 'preact/hooks'

/** Below this width rows stand as cards; the same number is in the style sheet. */
const narrow = '(max-width: 47.5rem)'
/** A screen and a pointer for small things. */
const large = '(min-width: 64rem) and (min-height: 40rem) and (pointer: fine)'

/** Whether the page is too narrow for the chart's two columns. */
export function useNarrow(): boolean {
  const small = useMedia(narrow)
  const [paper, setPaper] = useState(false)
  useEffect(() => {
    // There is room on paper; told before, the page is drawn for it in time.
    const before = () => setPaper(true)
    const after = () => setPaper(false)
    addEventListener('beforeprint', before)
    addEventListener('afterprint', after)
    return () => {
      removeEventListener('beforeprint', before)
      removeEventListener('afterprint', after)
    }
  }, [])
  return small && !paper
}

/** Whether much may stand on the screen at once. */
export function useLarge(): boolean {
  return useMedia(large)
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => globalThis.matchMedia?.(query).matches ?? false)
  useEffect(() => {
    const media = globalThis.matchMedia?.(query)
    if (!media) return
    const follow = () => {
      // Paper is no screen: drawn anew in the middle of printing, a part of the page would be lost.
      if (!matchMedia('print').matches) setMatches(media.matches)
    }
    follow()
    media.addEventListener('change', follow)
    addEventListener('afterprint', follow)
    return () => {
      media.removeEventListener('change', follow)
      removeEventListener('afterprint', follow)
    }
  }, [query])
  return matches
}
