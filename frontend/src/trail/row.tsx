import type { ComponentChildren } from 'preact'
import type { AccountEvent, Nature, Text, TrailChange } from '../api/names'
import { stepsOf } from '../drawer/history'
import { Link } from '../shell/link'
import { moment } from '../text/date'
import { said, words } from '../text/words'

/** The first letter as a sentence begins. */
export function capital(text: string): string {
  return text.slice(0, 1).toLocaleUpperCase('vi') + text.slice(1)
}

/** A change of the log; its milestone opens in the drawer. */
export function ChangeRow({ change, own }: { change: TrailChange; own: string }) {
  const t = words()
  const { milestone, area } = change
  const title = change.milestone_title && said(change.milestone_title)
  const about = [change.task_title, change.subject_title]
    .filter(text => text !== null)
    .map(text => said(text))
  // What a change does to a document is said by the number; what it follows from is the milestone's own to say.
  const steps = stepsOf(change, (change.nature ?? 'duty') as Nature, t, key => change.document_number ?? key)
  return (
    <tr>
      <Clock at={change.recorded_at} />
      <Who name={change.actor} user={change.user} />
      <Where code={area} name={change.area_name} />
      <td>
        <span class="trail-kind">
          {capital(t.history.kinds[change.kind] ?? t.history.other(change.kind))}
        </span>
        {milestone && (
          <Link class="trail-milestone" to={{ milestone: area === own ? milestone : `${area}:${milestone}` }}>
            {title || milestone}
          </Link>
        )}
        <Small>{about.join(' · ')}</Small>
        {steps.map(step => (
          <Small key={step}>{step}</Small>
        ))}
        {change.document_number && !steps.some(step => step.includes(change.document_number ?? '')) && (
          <Small>{t.trail.document(change.document_number)}</Small>
        )}
      </td>
      <td class={change.reason ? 'trail-why' : 'trail-why trail-no'}>{change.reason}</td>
    </tr>
  )
}

/** An event of the log of accounts. */
export function AccountRow({ event }: { event: AccountEvent }) {
  const t = words()
  const { role, role_before: before } = event
  const names = t.roles.names
  return (
    <tr>
      <Clock at={event.recorded_at} />
      <Who name={event.actor} user={event.by} />
      {event.area && event.area_name ? (
        <Where code={event.area} name={event.area_name} />
      ) : (
        <td class="trail-no" />
      )}
      <td>
        <span class="trail-kind">{capital(t.trail.kinds[event.kind] ?? t.history.other(event.kind))}</span>
        <span class="trail-about">{t.trail.account(event.name, event.user)}</span>
        {role && (
          <Small>
            {before && before !== role
              ? t.trail.roleChanged(names[before], names[role])
              : t.trail.role(names[role])}
          </Small>
        )}
      </td>
    </tr>
  )
}

function Clock({ at }: { at: string }) {
  return (
    <th scope="row" class="trail-clock">
      <time dateTime={at}>{moment(at)}</time>
    </th>
  )
}

function Who({ name, user }: { name: string; user: string }) {
  const t = words().trail
  return (
    <td>
      {name}
      <Small>{user === 'local' ? t.atServer : user}</Small>
    </td>
  )
}

function Where({ code, name }: { code: string; name: Text }) {
  return <td>{code === 'VN' ? words().trail.ownNation : said(name)}</td>
}

function Small({ children }: { children: ComponentChildren }) {
  return children ? <small>{children}</small> : null
}
