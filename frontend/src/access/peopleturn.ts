import { signal } from '@preact/signals'

/** How often people were changed here: lists of them from before are not looked at again. */
export const peopleTurn = signal(0)

export function peopleChanged(): void {
  peopleTurn.value++
}
