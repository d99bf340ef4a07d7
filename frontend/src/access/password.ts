// What the page says of a password while it is typed; the server has the last word.

export type Strength = 'empty' | 'short' | 'long' | 'name' | 'repeats' | 'fair' | 'good'

/** Characters that a password has at least, and bytes that it has at most. */
export const shortest = 10
const longest = 256
const good = 16

/** What there is to say of a password: what would be refused, or how good it is. Length is what counts. */
export function strengthOf(user: string, password: string): Strength {
  if (password === '') return 'empty'
  if (new TextEncoder().encode(password).length > longest) return 'long'
  const length = lengthOf(password)
  if (length < shortest) return 'short'
  if (user !== '' && password.toLowerCase().includes(user.toLowerCase())) return 'name'
  if (new Set(password).size < 5) return 'repeats'
  return length < good ? 'fair' : 'good'
}

/** Characters as people count them. */
export function lengthOf(password: string): number {
  return [...password].length
}

export function isUsable(strength: Strength): boolean {
  return strength === 'fair' || strength === 'good'
}

/** A new password as it is typed: twice, or once in the open. */
export interface NewPassword {
  password: string
  again: string
  shown: boolean
}

export const nothingTyped: NewPassword = { password: '', again: '', shown: false }

export function isRepeated({ password, again, shown }: NewPassword): boolean {
  return shown || password === again
}
