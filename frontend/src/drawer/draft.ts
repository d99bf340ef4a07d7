import { signal } from '@preact/signals'
import type { Task } from '../api/names'
import { carried, carry } from '../state/keep'
import type { Draft } from './report'

type Drafts = Record<string, { draft: Draft; base: Task }>
type Texts = Record<string, string>

const before = carried<{ drafts: Drafts; texts: Texts }>('drafts')

/** What is typed and not yet saved outlives the drawer: by place, milestone and task. */
const drafts = signal<Drafts>(before?.drafts ?? {})

export function draftAt(key: string): Draft | null {
  return drafts.value[key]?.draft ?? null
}

/** The task as it was when the draft was begun: others may have changed it since. */
export function baseAt(key: string): Task | null {
  return drafts.value[key]?.base ?? null
}

/** Begins a draft of a task. */
export function beginDraft(key: string, draft: Draft, base: Task): void {
  drafts.value = { ...drafts.value, [key]: { draft, base } }
}

/** Keeps what is typed. */
export function keepDraft(key: string, draft: Draft): void {
  const begun = drafts.value[key]
  if (begun) drafts.value = { ...drafts.value, [key]: { ...begun, draft } }
}

/** It is saved, or no longer wanted. */
export function dropDraft(key: string): void {
  const { [key]: _old, ...others } = drafts.value
  drafts.value = others
}

const texts = signal<Texts>(before?.texts ?? {})

/** A text that is being typed, a title or a note; null: none is. */
export function textAt(key: string): string | null {
  return texts.value[key] ?? null
}

/** Keeps a text; null: it is saved, or no longer wanted. */
export function keepText(key: string, text: string | null): void {
  const { [key]: _old, ...others } = texts.value
  texts.value = text === null ? others : { ...others, [key]: text }
}

/** Loads the page again, and begins there with what is typed here. */
export function reloadWithDrafts(): void {
  // Not before the page is left: who is asked and stays may save them first.
  addEventListener('pagehide', carryDrafts, { once: true })
  location.reload()
}

function carryDrafts(): void {
  carry('drafts', { drafts: drafts.peek(), texts: texts.peek() })
}

/** Forgets all drafts; for tests. */
export function forgetDrafts(): void {
  drafts.value = {}
  texts.value = {}
}
