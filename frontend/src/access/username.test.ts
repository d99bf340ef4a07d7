import { describe, expect, it } from 'vitest'
import { deviceOf } from './device'
import { userNameOf } from './username'

describe('the user name that is proposed', () => {
  it('is the given name and the family’s, without marks', () => {
    expect(userNameOf('Trần Thị Lan')).toBe('lan.tran')
    expect(userNameOf('  đỗ  Đức ')).toBe('duc.do')
    expect(userNameOf('Ly')).toBe('')
    expect(userNameOf('Hương')).toBe('huong')
    expect(userNameOf('')).toBe('')
  })
})

describe('the device of a session', () => {
  it('is named as people call it, or as it calls itself', () => {
    const chrome =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36'
    expect(deviceOf(chrome)).toBe('Chrome · Windows')
    expect(deviceOf(`${chrome} Edg/141.0`)).toBe('Edge · Windows')
    expect(
      deviceOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1'),
    ).toBe('Safari · iOS')
    expect(deviceOf('curl/8.5.0')).toBe('curl')
    expect(deviceOf('bao-cao/1.0')).toBe('bao-cao/1.0')
    expect(deviceOf('')).toBeNull()
  })
})
