import { signal } from '@preact/signals'
import type { Draft } from './report'

/** What is typed and not yet saved outlives the drawer: by place, milestone and task. */
const drafts = signal<Record<string, Draft>>({})

export function draftAt(key: string): Draft | null {
  return drafts.value[key] ?? null
}

/** Keeps a draft; null: it is saved, or no longer wanted. */
export function keepDraft(key: string, draft: Draft | null): void {
  const { [key]: _old, ...others } = drafts.value
  drafts.value = draft ? { ...others, [key]: draft } : others
}

const texts = signal<Record<string, string>>({})

/** A text that is being typed, a title or a note; null: none is. */
export function textAt(key: string): string | null {
  return texts.value[key] ?? null
}

/** Keeps a text; null: it is saved, or no longer wanted. */
export function keepText(key: string, text: string | null): void {
  const { [key]: _old, ...others } = texts.value
  texts.value = text === null ? others : { ...others, [key]: text }
}

/** Forgets all drafts; for tests. */
export function forgetDrafts(): void {
  drafts.value = {}
  texts.value = {}
}
