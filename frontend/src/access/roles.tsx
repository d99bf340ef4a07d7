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
  offered: readonly Role[]
  chosen: Role | null
  wrong: string | null
  onChoose: (role: Role) => void
}

/** One of the roles, each explained. */
export function RoleChoice({ offered, chosen, wrong, onChoose }: Props) {
  const t = words()
  const id = useId()
  return (
    <fieldset class="choices">
      <legend>{t.roles.title}</legend>
      {offered.map(role => (
        <label key={role} class="choice-line">
          <input type="radio" name={id} checked={chosen === role} onChange={() => onChoose(role)} />
          <span>
            <strong>{t.roles.names[role]}</strong> <span class="hint">{t.roles.about[role]}</span>
          </span>
        </label>
      ))}
      <Message id={`${id}-wrong`} text={wrong} />
    </fieldset>
  )
}
