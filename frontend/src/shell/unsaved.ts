import { useLayoutEffect } from 'preact/hooks'

let typing = 0

/** Whether something is typed somewhere that is not saved. */
export function isTyping(): boolean {
  return typing > 0
}

/** While something typed is not saved, the browser asks before the page is left or loaded again. */
export function useUnsaved(typed: boolean): void {
  // In the same breath as what is shown: once it is saved or closed nothing is asked.
  useLayoutEffect(() => {
    if (!typed) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    typing++
    window.addEventListener('beforeunload', ask)
    return () => {
      typing--
      window.removeEventListener('beforeunload', ask)
    }
  }, [typed])
}
