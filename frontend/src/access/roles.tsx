import { useId } from 'preact/hooks'
import type { Role } from '../api/names'
import { Message } from '../shell/field'
import { words } from '../text/words'
import { atLeast, roles } from './session'

/** The roles that somebody may give in a place: up to his own; an administrator there is of the whole country only. */
export function grantable(own: Role, national: boolean): Role[] {
  return roles.filter(one => one !== 'none' && atLeast(own, one) && (one !== 'administrator' || national))
}

interface Props {
  /** What stands over it says already that it is about roles. */
  headed?: boolean
  offered: readonly Role[]
  chosen: Role | null
  wrong: string | null
  onChoose: (role: Role) => void
}

/** One of the roles, each explained. */
export function RoleChoice({ headed = false, offered, chosen, wrong, onChoose }: Props) {
  const t = words()
  const id = useId()
  return (
    <fieldset class="choices">
      <legend class={headed ? 'only-read' : ''}>{t.roles.title}</legend>
      {offered.map(role => (
        <label key={role} class="choice-line">
          <input
            type="radio"
            name={id}
            checked={chosen === role}
            aria-labelledby={`${id}-${role}`}
            aria-describedby={`${id}-${role}-about`}
            onChange={() => onChoose(role)}
          />
          <span>
            <strong id={`${id}-${role}`}>{t.roles.names[role]}</strong>{' '}
            <span class="hint" id={`${id}-${role}-about`}>
              {t.roles.about[role]}
            </span>
          </span>
        </label>
      ))}
      <Message id={`${id}-wrong`} text={wrong} />
    </fieldset>
  )
}
