// What this browser keeps for the next visit. Where nothing can be kept (a private window, a full disk), nothing is.

const prefix = 'tiendo:'

/** What is kept under a name, if it is what one expects. */
export function recall<T>(name: string, isIt: (value: unknown) => value is T): T | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(prefix + name) ?? 'null')
    return isIt(value) ? value : null
  } catch {
    return null
  }
}

export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(value))
  } catch {
    // Nothing depends on it.
  }
}

/** Carries something over the next reload of this tab, and no further. */
export function carry(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(prefix + name, JSON.stringify(value))
  } catch {
    // It is lost, as it was before.
  }
}

/** What was carried over, once. */
export function carried<T>(name: string): T | null {
  try {
    const value = sessionStorage.getItem(prefix + name)
    sessionStorage.removeItem(prefix + name)
    return value === null ? null : (JSON.parse(value) as T)
  } catch {
    return null
  }
}
