import { useLayoutEffect } from 'preact/hooks'

/** While something typed is not saved, the browser asks before the page is left or loaded again. */
export function useUnsaved(typed: boolean): void {
  // In the same breath as what is shown: once it is saved or closed nothing is asked.
  useLayoutEffect(() => {
    if (!typed) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [typed])
}
