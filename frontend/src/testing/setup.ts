import { cleanup } from '@testing-library/preact'
import { afterEach } from 'vitest'
import { forgetAsking } from '../access/asking'
import { forgetSession } from '../access/session'
import { forgetDrafts } from '../drawer/draft'
import { forgetMarks } from '../live/marks'
import { toOrder } from '../live/steady'
import { forgetSpots } from '../matrix/spot'
import { forgetCells } from '../state/cell'

afterEach(() => {
  cleanup()
  forgetCells()
  forgetSession()
  forgetAsking()
  forgetDrafts()
  forgetSpots()
  forgetMarks()
  toOrder.value = null
  localStorage.clear()
})
