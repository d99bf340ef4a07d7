import { cleanup } from '@testing-library/preact'
import { afterEach, beforeEach } from 'vitest'
import { forgetAsking } from '../access/asking'
import { forgetSession } from '../access/session'
import { forgetDrafts } from '../drawer/draft'
import { forgetMarks } from '../live/marks'
import { toOrder } from '../live/steady'
import { forgetSpots } from '../matrix/spot'
import { loadAnnexes } from '../state/annex'
import { forgetCells } from '../state/cell'

// What a test opens is there at once; on its way it is in annex.test.tsx.
beforeEach(loadAnnexes)

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
