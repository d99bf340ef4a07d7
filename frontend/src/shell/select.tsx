interface SelectProps<T extends string> {
  label: string
  values: readonly T[]
  /** The word for no choice, where there may be none. */
  any?: string
  chosen: T | null
  word: (value: T) => string
  onChoose: (value: T | null) => void
}

/** One of many, or none where that has a word; its label stands with it. */
export function Select<T extends string>({ label, values, any, chosen, word, onChoose }: SelectProps<T>) {
  return (
    <label class="labelled">
      <span>{label}</span>
      <select
        value={chosen ?? ''}
        onChange={event => {
          const { value } = event.currentTarget
          onChoose(values.find(one => one === value) ?? null)
        }}
      >
        {any !== undefined && (
          <option value="" selected={chosen === null}>
            {any}
          </option>
        )}
        {values.map(value => (
          <option key={value} value={value} selected={value === chosen}>
            {word(value)}
          </option>
        ))}
      </select>
    </label>
  )
}
