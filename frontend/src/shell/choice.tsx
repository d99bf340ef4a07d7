interface ChoiceProps<T extends string> {
  label: string
  values: readonly T[]
  chosen: T
  word: (value: T) => string
  onChoose: (value: T) => void
}

/** One of a few, all in sight. */
export function Choice<T extends string>({ label, values, chosen, word, onChoose }: ChoiceProps<T>) {
  return (
    <div class="choice" role="group" aria-label={label}>
      {values.map(value => (
        <button key={value} type="button" aria-pressed={value === chosen} onClick={() => onChoose(value)}>
          {word(value)}
        </button>
      ))}
    </div>
  )
}
