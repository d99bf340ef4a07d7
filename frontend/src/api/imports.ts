import { type Answer, answerOf } from './answer'
import { client } from './client'
import type { Import } from './names'

// What is taken in from spreadsheets. The file is the body.

export interface Bringing {
  dryRun: boolean
  partial: boolean
  correct: boolean
  /** The token of the preview. */
  preview: string | null
}

const headers = { 'Content-Type': 'application/octet-stream' }

export function bring(
  kind: Import['kind'],
  election: string,
  area: string,
  file: File,
  { dryRun, partial, correct, preview }: Bringing,
): Promise<Answer<Import>> {
  const path = { election, area }
  const query = { dry_run: dryRun, partial, ...(preview ? { preview } : {}) }
  // The generated client would take a file for text.
  const sent = { body: file as unknown as string, bodySerializer: (body: unknown) => body as File, headers }
  return answerOf(() =>
    kind === 'people'
      ? client.POST('/api/v1/elections/{election}/areas/{area}/imports/people', {
          params: { path, query },
          ...sent,
        })
      : client.POST('/api/v1/elections/{election}/areas/{area}/imports/statuses', {
          params: { path, query: { ...query, correct } },
          ...sent,
        }),
  )
}

/** Where an empty table is. */
export function templateAddress(election: string, area: string, name: string, language: string): string {
  const place = `/api/v1/elections/${encodeURIComponent(election)}/areas/${encodeURIComponent(area)}`
  return `${place}/imports/templates/${name}${language === 'vi' ? '' : `?language=${language}`}`
}
