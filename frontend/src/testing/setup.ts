import { cleanup } from '@testing-library/preact'
import { afterEach } from 'vitest'
import { forgetDrafts } from '../drawer/draft'
import { forgetSpots } from '../matrix/spot'
import { forgetCells } from '../state/cell'

afterEach(() => {
  cleanup()
  forgetCells()
  forgetDrafts()
  forgetSpots()
  localStorage.clear()
})
