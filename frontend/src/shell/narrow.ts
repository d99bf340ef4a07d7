import { useEffect, useState } from 'preact/hooks'

/** Below this width rows stand as cards; the same number is in the style sheet. */
const query = '(max-width: 47.5rem)'

/** Whether the page is too narrow for the chart's two columns. */
export function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => globalThis.matchMedia?.(query).matches ?? false)
  useEffect(() => {
    const media = globalThis.matchMedia?.(query)
    if (!media) return
    const follow = () => setNarrow(media.matches)
    follow()
    media.addEventListener('change', follow)
    return () => media.removeEventListener('change', follow)
  }, [])
  return narrow
}
