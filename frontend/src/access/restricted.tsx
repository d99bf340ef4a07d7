import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Link } from '../shell/link'
import { Skeleton } from '../shell/state'
import type { Address } from '../state/address'
import { words } from '../text/words'
import { askToSignIn } from './asking'
import { session } from './session'

interface Props {
  /** Of the heading, by which the screen is named. */
  id: string
  class: string
  title: string
  back: { to: Partial<Address>; word: string }
  /** When this changes the heading takes the focus: another of its screens is shown. */
  turn?: string | null
  allowed: boolean
  /** What is said to who may not read it, signed in or not. */
  notFor: string
  signIn: string
  children: ComponentChildren
}

/** A screen of a place that is not for everybody: the way back, its heading, and what others are told. */
export function Restricted(props: Props) {
  const { id, title, back, turn = null, allowed, notFor, signIn, children } = props
  const heading = useRef<HTMLHeadingElement>(null)
  const known = session()
  useEffect(() => heading.current?.focus(), [turn])
  return (
    <section class={`sheet ${props.class}`} aria-labelledby={id}>
      <p class="plans-back">
        <Link to={back.to}>{back.word}</Link>
      </p>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {known === null && <Skeleton lines={6} />}
      {known !== null && !allowed && (
        <div class="remark">
          <p>{known.signed_in ? notFor : signIn}</p>
          {!known.signed_in && (
            <p>
              <button type="button" class="button" onClick={askToSignIn}>
                {words().signIn.open}
              </button>
            </p>
          )}
        </div>
      )}
      {allowed && children}
    </section>
  )
}
