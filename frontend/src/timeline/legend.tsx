import { ToneIcon } from '../shell/icon'
import { toneOf } from '../text/status'
import { words } from '../text/words'
import { MarkPicture } from './mark'

const timings = [
  'overdue',
  'behind_plan',
  'due_soon',
  'running',
  'upcoming',
  'done_on_time',
  'done_late',
  'over',
  'no_record',
  'undated',
  'set_aside',
] as const

/** What the marks and the states mean. */
export function Legend() {
  const t = words()
  return (
    <section class="legend" aria-label={t.legend.title}>
      <h2>{t.legend.title}</h2>
      <ul>
        <li>
          <span class="key tone-upcoming">
            <MarkPicture kind="flag" />
          </span>
          {t.legend.flag}
        </li>
        <li>
          <span class="key">
            <span class="bar bar-duty" />
          </span>
          {t.legend.bar}
        </li>
        <li>
          <span class="key">
            <span class="bar bar-right" />
          </span>
          {t.legend.right}
        </li>
        <li>
          <span class="key">
            <span class="bar bar-prohibition" />
          </span>
          {t.legend.prohibition}
        </li>
        <li>
          <span class="key">
            <MarkPicture kind="planned" />
          </span>
          {t.legend.planned}
        </li>
        <li>
          <span class="key tone-done">
            <MarkPicture kind="done" />
          </span>
          {t.legend.done}
        </li>
        <li>
          <span class="key tone-done">
            <MarkPicture kind="done_by" />
          </span>
          {t.legend.doneBy}
        </li>
        <li>
          <span class="key">
            <span class="line line-today" />
          </span>
          {t.legend.today}
        </li>
        <li>
          <span class="key">
            <span class="line line-election" />
          </span>
          {t.legend.electionDay}
        </li>
      </ul>
      <h3>{t.legend.states}</h3>
      <ul class="legend-states">
        <li class="tone-blocked">
          <ToneIcon tone="blocked" />
          {t.work.blocked}
        </li>
        {timings.map(timing => (
          <li key={timing} class={`tone-${toneOf(timing)}`}>
            <ToneIcon tone={toneOf(timing)} />
            {t.timing[timing]}
          </li>
        ))}
      </ul>
    </section>
  )
}
