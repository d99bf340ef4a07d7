import { describe, expect, it } from 'vitest'
import type { HeldRole, Role } from '../api/names'
import { atLeast, roleOf, roles } from './session'

const place = (code: string, ...above: string[]) => ({ code, ancestors: above.map(one => ({ code: one })) })
const ward = place('01840', '058', '06', 'VN')
const district = place('058', '06', 'VN')
const beside = place('060', '06', 'VN')
const province = place('06', 'VN')
const nation = place('VN')

const held = (area: string, role: Role, edition = area === 'VN' ? '' : '2021'): HeldRole => ({
  edition,
  area,
  area_name: null,
  role,
})

describe('what somebody holds', () => {
  it('is the greatest of what is granted there and above, in the branch and nowhere else', () => {
    const rights = [held('06', 'viewer'), held('058', 'reporter')]
    const roleAt = (where: typeof ward) => roleOf(rights, '2021', where)
    expect([nation, province, district, beside, ward].map(roleAt)).toEqual([
      'none',
      'viewer',
      'reporter',
      'viewer',
      'reporter',
    ])
    expect(roleOf([held('06', 'lead'), held('058', 'viewer')], '2021', ward)).toBe('lead')
  })

  it('is ended below, and what is granted at or below the end counts', () => {
    const ended = [held('06', 'lead'), held('058', 'none')]
    expect([province, district, beside, ward].map(where => roleOf(ended, '2021', where))).toEqual([
      'lead',
      'none',
      'lead',
      'none',
    ])
    expect(roleOf([...ended, held('01840', 'viewer')], '2021', ward)).toBe('viewer')
  })

  it('is of one edition of the list; what is held for the nation is of all', () => {
    expect(roleOf([held('06', 'lead', '2025')], '2021', province)).toBe('none')
    expect(roleOf([held('VN', 'administrator')], '2025', ward)).toBe('administrator')
  })

  it('makes nobody administrator of a part of the country', () => {
    expect(roleOf([held('06', 'administrator')], '2021', province)).toBe('none')
  })

  it('is compared in the order of the roles', () => {
    expect(roles.filter(role => atLeast(role, 'reporter'))).toEqual(['reporter', 'lead', 'administrator'])
  })
})
