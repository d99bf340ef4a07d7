// A name to sign in with, made of a full name: "Trần Thị Lan" signs in as "lan.tran".

function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('đ', 'd')
    .replace(/[^a-z0-9 ]/g, '')
}

/** What is proposed: the given name, which stands last, and the family's; nothing for what is too short. */
export function userNameOf(fullName: string): string {
  const parts = plain(fullName).split(' ').filter(Boolean)
  const [family] = parts
  const given = parts.at(-1)
  if (!family || !given) return ''
  const made = parts.length === 1 ? given : `${given}.${family}`
  return made.length < 3 ? '' : made
}
