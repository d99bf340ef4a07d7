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

/** Forgets all drafts; for tests. */
export function forgetDrafts(): void {
  drafts.value = {}
}
