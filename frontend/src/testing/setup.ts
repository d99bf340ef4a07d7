import { cleanup } from '@testing-library/preact'
import { afterEach } from 'vitest'
import { forgetCells } from '../state/cell'

afterEach(() => {
  cleanup()
  forgetCells()
})
