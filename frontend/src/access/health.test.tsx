import { render, screen } from '@testing-library/preact'
import { describe, expect, it } from 'vitest'
import type { ClientHealth } from '../api/names'
import { Health } from './health'

const well: ClientHealth = {
  refreshed_at: '2021-01-25T03:00:00Z',
  interval_seconds: 60,
  stale: false,
  requests: 1440,
  whole: 40,
  unchanged: 1400,
  unchanged_share: 0.972,
  changes: 0,
  refused: 0,
  failed: 0,
  last_failure_at: null,
  last_failure_status: null,
  changes_revision: null,
}

describe('the health of a client', () => {
  it('says when it last refreshed, how often it does, and how much had not changed', () => {
    const { container } = render(<Health health={well} />)
    expect(container.textContent).toMatch(
      /làm mới lần cuối .*cứ 60 giây một lần.*97% lần hỏi không có gì mới/,
    )
    expect(container.textContent).not.toMatch(/từ chối|lỗi|ngừng/)
  })

  it('says with words and a sign that it has stopped asking, and what failed', () => {
    const { container } = render(
      <Health
        health={{
          ...well,
          stale: true,
          interval_seconds: 7200,
          refused: 3,
          failed: 9,
          last_failure_status: 503,
        }}
      />,
    )
    expect(screen.getByText('Đã ngừng hỏi').querySelector('svg')).not.toBeNull()
    expect(container.textContent).toMatch(
      /cứ 2 giờ một lần.*3 lần bị từ chối, 9 lần máy chủ lỗi, gần nhất: mã 503/,
    )
  })

  it('says of one that never got anything that it did not', () => {
    const { container } = render(
      <Health health={{ ...well, refreshed_at: null, interval_seconds: null, unchanged_share: null }} />,
    )
    expect(container.textContent).toBe('chưa làm mới lần nào')
  })
})
