import { cleanup } from '@testing-library/preact'
import { afterEach } from 'vitest'
import { forgetDrafts } from '../drawer/draft'
import { forgetCells } from '../state/cell'

afterEach(() => {
  cleanup()
  forgetCells()
  forgetDrafts()
})
