import type { Text } from '../api/names'
import { type Language, language } from '../state/address'
import { Annex } from '../state/annex'
import { type Dictionary, vi } from './vi'

/** The dictionary that is not in the page from the beginning. */
export const english = new Annex<Dictionary>(() => import('./en').then(it => it.en))

/** Brings the dictionary of a language, so that what is drawn next can speak it. */
export async function learn(lang: Language): Promise<void> {
  if (lang === 'en') await english.load()
}

/** The dictionary of the page's language; what reads it is drawn again when the language changes. */
export function words(): Dictionary {
  // Without the other one, better this than nothing.
  return language.value === 'en' ? (english.known.value.part ?? vi) : vi
}

/** A text of the server's in the page's language; the other language when this one is empty. */
export function said(text: Text, lang: Language = language.value): string {
  return lang === 'en' ? text.en || text.vi : text.vi || text.en
}

/** 11371 as "11.371" or "11,371". */
export function count(n: number, lang: Language = language.value): string {
  return new Intl.NumberFormat(lang === 'en' ? 'en' : 'vi').format(n)
}

/** How far off the election day is: "còn 118 ngày", "đã qua 2.007 ngày". */
export function toElection(days: number): string {
  return words().place.toElection(days, count(Math.abs(days)))
}
