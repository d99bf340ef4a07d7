import { useEffect, useState } from 'preact/hooks'

/** Below this width rows stand as cards; the same number is in the style sheet. */
const narrow = '(max-width: 47.5rem)'
/** A screen and a pointer for small things. */
const large = '(min-width: 64rem) and (min-height: 40rem) and (pointer: fine)'

/** Whether the page is too narrow for the chart's two columns. */
export function useNarrow(): boolean {
  return useMedia(narrow)
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
    const follow = () => setMatches(media.matches)
    follow()
    media.addEventListener('change', follow)
    return () => media.removeEventListener('change', follow)
  }, [query])
  return matches
}
