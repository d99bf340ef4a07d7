import { signal } from '@preact/signals'

/** The place whose name gets the focus once it is on screen: what led there is gone by then. */
export const arriving = signal<string | null>(null)
