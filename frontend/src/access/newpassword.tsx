import { words } from '../text/words'
import { isRepeated, isUsable, lengthOf, type NewPassword, shortest, strengthOf } from './password'
import { PasswordField } from './passwordfield'

interface Props {
  user: string
  typed: NewPassword
  /** It was to be sent: what is missing is now wrong. */
  tried: boolean
  /** What the server says of it. */
  refused: string | null
  onType: (typed: NewPassword) => void
}

/** A new password: shown, or typed twice; what it is worth is said in words. */
export function NewPasswordFields({ user, typed, tried, refused, onType }: Props) {
  const t = words().password
  const strength = strengthOf(user, typed.password)
  const said = {
    empty: '',
    short: t.short(shortest - lengthOf(typed.password)),
    long: t.long,
    name: t.name,
    repeats: t.repeats,
    fair: t.fair,
    good: t.good,
  }[strength]
  const wrong = refused ?? (tried && !isUsable(strength) ? (strength === 'empty' ? t.missing : said) : null)
  return (
    <>
      <PasswordField
        label={t.new}
        hint={t.hint(shortest)}
        value={typed.password}
        wrong={wrong}
        fills="new-password"
        shown={typed.shown}
        onShow={shown => onType({ ...typed, shown })}
        onInput={password => onType({ ...typed, password })}
      />
      <p class="strength" role="status">
        {wrong === null && said !== '' && <span class={isUsable(strength) ? 'good' : undefined}>{said}</span>}
      </p>
      {!typed.shown && (
        <PasswordField
          label={t.again}
          value={typed.again}
          wrong={tried && !isRepeated(typed) ? t.differs : null}
          fills="new-password"
          shown={false}
          onInput={again => onType({ ...typed, again })}
        />
      )}
    </>
  )
}
