import { address, type Density, densities, go } from './address'
import { keep, recall } from './keep'

/** Chooses a density: in the address, so that the link says it, and for the next visit. */
export function chooseDensity(density: Density): void {
  keep('density', density)
  go({ density }, { replace: true })
}

/** Who comes to the first screen finds the density chosen last; a link says for itself what it shows. */
export function recallDensity(): void {
  const { area, density } = address.peek()
  if (area !== null || density !== null) return
  const before = recall('density', isDensity)
  if (before) go({ density: before }, { replace: true })
}

function isDensity(value: unknown): value is Density {
  return densities.some(density => density === value)
}
