import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { EffectView } from '../act/effect'
import { type Answer, messageAt } from '../api/answer'
import * as api from '../api/client'
import type { Effect, Plan, PlanChanged, PlanPatch, Problem, Timeline } from '../api/names'
import { Conflict } from '../drawer/conflict'
import { Field } from '../shell/field'
import { useUnsaved } from '../shell/unsaved'
import { go } from '../state/address'
import { rulesCell } from '../state/election'
import { useRefresh } from '../state/refresh'
import { count, said, words } from '../text/words'
import {
  asksReason,
  changes,
  differences,
  draftOf,
  emptyPlan,
  entryOf,
  isSaidBelow,
  type LineDraft,
  newLine,
  type PlanDraft,
  patchOf,
  pointerOf,
  pointersOf,
  rebased,
  wrongDays,
} from './draft'
import { LineFields } from './line'

interface FormProps {
  timeline: Timeline
  /** Null: a new one. */
  plan: Plan | null
  onDone: () => void
  /** Somebody else has changed it: what is known is old. */
  onStale: () => void
}

interface Writing {
  kind: 'form'
  /** What is wrong with typed days, by JSON pointer. */
  wrong: Record<string, string>
  problem: Problem | null
  network: boolean
  nothing?: boolean
}

interface Preview {
  kind: 'preview'
  changed: PlanChanged
  network: boolean
}

type Stage = Writing | Preview | { kind: 'conflict'; theirs: Plan; patch: PlanPatch }

const writing: Writing = { kind: 'form', wrong: {}, problem: null, network: false }

/** A plan to be entered or changed: what is typed, what it would come to, and then it is done. */
export function PlanForm({ timeline, plan: known, onDone, onStale }: FormProps) {
  const t = words()
  const rules = rulesCell(timeline.election.id)
  useRefresh(rules)
  // A line may be of any phase: that of the voter lists has nothing yet in a district.
  const phases = rules.known.value.data?.phases ?? timeline.phases
  const phase = timeline.phases[0]?.key ?? ''
  const [plan, setPlan] = useState(known)
  const [draft, setDraft] = useState<PlanDraft>(() => (known ? draftOf(known) : emptyPlan(phase)))
  const [start, setStart] = useState(draft)
  useUnsaved(draft !== start)
  const [stage, setStage] = useState<Stage>(writing)
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const result = useRef<HTMLHeadingElement>(null)
  const { area, election } = timeline
  useLayoutEffect(() => {
    if (stage.kind === 'preview') result.current?.focus()
    else if (stage.kind === 'form') form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [stage])

  const send = (on: Plan | null, body: PlanPatch | null, rehearse: boolean): Promise<Answer<PlanChanged>> =>
    on && body
      ? api.changePlan(election.id, on.key, on.revision, body, rehearse)
      : api.addPlan(election.id, entryOf(draft, area.code), rehearse)

  const ask = async (rehearse: boolean, on = plan, given: PlanPatch | null = null) => {
    const wrong = wrongDays(draft, plan === null)
    if (Object.keys(wrong).length > 0) return setStage({ ...writing, wrong })
    const body = given ?? (on && patchOf(draft, on))
    if (body && !changes(body)) return setStage({ ...writing, nothing: true })
    if (busy) return
    setBusy(true)
    const answer = await send(on, body, rehearse)
    setBusy(false)
    if (answer.kind === 'data' && rehearse)
      return setStage({ kind: 'preview', changed: answer.data, network: false })
    if (answer.kind === 'data') {
      onDone()
      return go({ plans: 'list' })
    }
    if (answer.kind === 'problem') return setStage(refusal(answer.problem, body))
    if (answer.kind !== 'unreachable') return
    setStage(stage.kind === 'preview' ? { ...stage, network: true } : { ...writing, network: true })
  }
  const change = (part: Partial<PlanDraft>) => setDraft({ ...draft, ...part })
  const changeLine = (line: LineDraft, part: Partial<LineDraft>) =>
    change({ lines: draft.lines.map(one => (one === line ? { ...line, ...part } : one)) })

  if (stage.kind === 'conflict') {
    const { theirs, patch } = stage
    return (
      <div class="plan-preview">
        <h3>{said(theirs.title)}</h3>
        <Conflict
          rows={differences(patch, theirs, {
            title: t.plans.what,
            from: t.plans.from,
            to: t.plans.to,
            removed: t.plans.removeLine,
          })}
          onTheirs={() => {
            setPlan(theirs)
            const fresh = draftOf(theirs)
            setDraft(fresh)
            setStart(fresh)
            setStage(writing)
            onStale()
          }}
          onMine={() => {
            const next = plan ? rebased(draft, plan, theirs) : draft
            setPlan(theirs)
            setDraft(next)
            void ask(true, theirs, patchOf(next, theirs))
          }}
        />
      </div>
    )
  }
  if (stage.kind === 'preview') {
    const { changed, network } = stage
    return (
      <div class="plan-preview">
        <h3 ref={result} tabIndex={-1}>
          {t.plans.effect}
        </h3>
        {plan === null && <p>{createsOf(changed.plan)}</p>}
        <EffectView effect={changed.effect} />
        {network && <Alert text={t.task.network} />}
        <div class="buttons">
          {willChange(changed.effect) && (
            <button type="button" class="button primary" aria-disabled={busy} onClick={() => void ask(false)}>
              {busy ? t.task.saving : t.plans.commit}
            </button>
          )}
          <button type="button" class="button" onClick={() => setStage(writing)}>
            {t.plans.goOn}
          </button>
        </div>
      </div>
    )
  }
  const wrongAt = (pointer: string) => stage.wrong[pointer] ?? messageAt(stage.problem, pointer)
  const places = Object.keys(stage.wrong).length || (stage.problem?.errors?.length ?? 0)
  return (
    <form
      ref={form}
      class="plan-entry"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        void ask(true)
      }}
    >
      {stage.problem && !isSaidBelow(stage.problem, pointersOf(draft, plan === null)) && (
        <Alert text={t.task.refused(stage.problem.detail)} />
      )}
      {places > 0 && <p class="hint">{t.plans.wrong(places)}</p>}
      {stage.network && <Alert text={t.task.network} />}
      {stage.nothing && <Alert text={t.plans.notChanged} />}
      <Field
        label={t.plans.name}
        value={draft.title}
        wrong={wrongAt('/title/vi')}
        onInput={title => change({ title })}
      />
      <fieldset class="plan-paper">
        <legend>{plan ? t.plans.paperChange : t.plans.paper}</legend>
        <p class="hint">{t.plans.paperHint}</p>
        <div class="plan-fields">
          <Field
            label={t.plans.number}
            value={draft.number}
            wrong={wrongAt('/new_document/number')}
            onInput={number => change({ number })}
          />
          <Field
            label={t.plans.issuedOn}
            value={draft.issuedOn}
            wrong={wrongAt('/new_document/issued_on')}
            day
            onInput={issuedOn => change({ issuedOn })}
          />
          <Field
            label={t.plans.paperTitle}
            value={draft.paper}
            wrong={wrongAt('/new_document/title')}
            onInput={paper => change({ paper })}
          />
        </div>
      </fieldset>
      <fieldset class="plan-lines">
        <legend>{t.plans.linesTitle}</legend>
        {draft.lines.map((line, k) => (
          <LineFields
            key={line.id}
            number={k + 1}
            line={line}
            was={plan?.lines.find(one => one.key === line.key) ?? null}
            timeline={timeline}
            phases={phases}
            wrong={part => wrongAt(`${pointerOf(draft, line, plan === null)}${part}`)}
            onChange={part => changeLine(line, part)}
            onRemove={() =>
              line.key === null
                ? change({ lines: draft.lines.filter(one => one !== line) })
                : changeLine(line, { removed: !line.removed })
            }
          />
        ))}
        <button
          type="button"
          class="button"
          onClick={() => change({ lines: [...draft.lines, newLine(draft.lines.at(-1)?.phase ?? phase)] })}
        >
          {t.plans.addLine}
        </button>
      </fieldset>
      {asksReason(draft) && (
        <Field
          label={t.plans.reason}
          hint={t.plans.reasonHint}
          value={draft.reason}
          wrong={wrongAt('/reason')}
          long
          onInput={reason => change({ reason })}
        />
      )}
      <div class="buttons">
        <button type="submit" class="button primary" aria-disabled={busy}>
          {busy ? t.plans.previewing : t.plans.preview}
        </button>
        <button type="button" class="button" onClick={() => go({ plans: 'list' })}>
          {t.task.cancel}
        </button>
      </div>
    </form>
  )
}

/** What is not taken: somebody was quicker, or something is wrong. */
function refusal(problem: Problem, patch: PlanPatch | null): Stage {
  const theirs = problem.current as unknown as Plan | undefined
  if (problem.status === 412 && patch && Array.isArray(theirs?.lines))
    return { kind: 'conflict', theirs, patch }
  return { ...writing, problem }
}

function willChange(effect: Effect): boolean {
  return effect.total > 0
}

function createsOf(plan: Plan): string {
  const places = new Set(plan.lines.flatMap(line => line.areas))
  const milestones = plan.lines.reduce((sum, line) => sum + line.areas.length, 0)
  return words().plans.creates(count(milestones), count(places.size))
}

function Alert({ text }: { text: string }) {
  return (
    <p class="wrong" role="alert">
      {text}
    </p>
  )
}
