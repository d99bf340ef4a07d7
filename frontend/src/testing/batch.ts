import type { Area, Batch, BatchPost, BatchRow, BatchState } from '../api/names'
import { deadlinesOf } from './deadlines'
import { areas } from './fixture'

const state = (work: 'not_started' | 'done'): BatchState => ({
  work,
  standing: work === 'done' ? 'reported' : 'unreported',
  planned_on: null,
  done_on: work === 'done' ? '2021-01-25' : null,
  done_by: null,
})

/** What a batch comes to: everything changes but for the rows of one place. */
export function batchOf(area: Area, post: BatchPost, dryRun: boolean, refusedPlace: string): Batch {
  const { items } = deadlinesOf(area, new URLSearchParams(post.filter ? { limit: '4' } : {}))
  const named = post.rows ?? items.map(({ milestone }) => ({ area: milestone.area, milestone: milestone.id }))
  const rows = named.map<BatchRow>((row, index) => {
    const refused = row.area === refusedPlace
    const place = areas.find(one => one.code === row.area)
    return {
      index,
      area: row.area,
      area_name: { vi: place?.name ?? '', en: place?.name_en ?? '' },
      milestone: row.milestone,
      title: { vi: 'Thành lập Ủy ban bầu cử', en: 'Set up the committee' },
      result: refused ? 'refused' : 'changed',
      code: refused ? 'stale-revision' : null,
      detail: refused ? { vi: 'Đã có người khác sửa', en: 'Somebody else changed it' } : null,
      warnings: [],
      before: refused ? null : state('not_started'),
      after: refused ? null : state('done'),
    }
  })
  const refused = rows.filter(row => row.result === 'refused').length
  return {
    dry_run: dryRun,
    held: refused > 0 && !post.partial,
    total: rows.length,
    changed: rows.length - refused,
    unchanged: 0,
    refused,
    reasons: [],
    rows,
    truncated: false,
    effect: {
      dry_run: dryRun,
      revision: dryRun ? null : 13,
      total: rows.length - refused,
      by_kind: [{ kind: 'task_updated', count: rows.length - refused }],
      changes: [],
      truncated: false,
      conflicts: [],
      conflicts_total: 0,
    },
    preview: post.filter && dryRun ? 'token' : null,
  }
}
