import { signal } from '@preact/signals'
import { underWay } from '../state/cell'
import { nextPlayed, type Span, type Tempo } from './span'

/** What is played: the days, where one is, and how to go to another. */
export interface Played {
  span: Span
  how: Tempo
  day: () => string
  show: (day: string) => void
}

const pause = (milliseconds: number) => new Promise<void>(done => setTimeout(done, milliseconds))

/** Returns when nothing is asked of the server any more. */
function settled(): Promise<void> {
  return new Promise(done => {
    const stop: { now?: () => void } = {}
    let over = false
    stop.now = underWay.subscribe(many => {
      if (many > 0) return
      over = true
      stop.now?.()
      done()
    })
    if (over) stop.now()
  })
}

/**
 * Shows the days one after the other. A step is made only when all that the last one asked for has come and was drawn:
 * drawing comes before any timer.
 */
export class Player {
  readonly playing = signal(false)
  #run = 0

  stop(): void {
    this.#run++
    this.playing.value = false
  }

  async play({ span, how, day, show }: Played): Promise<void> {
    const run = ++this.#run
    this.playing.value = true
    for (;;) {
      await settled()
      await pause(how.pause)
      if (run !== this.#run) return
      if (underWay.peek() > 0) continue
      const next = nextPlayed(span, day(), how)
      if (next === null) break
      show(next)
    }
    this.playing.value = false
  }
}
