export interface ChoiceProps {
  readonly label: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

/** A few alternatives side by side; to a screen reader and the keyboard a group of radio buttons. */
export function Choice({ label, options, value, onChange }: ChoiceProps) {
  return (
    <fieldset class="choice">
      <legend class="hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.id} class={option.id === value ? 'is-chosen' : undefined}>
          <input
            type="radio"
            name={label}
            value={option.id}
            checked={option.id === value}
            onChange={() => onChange(option.id)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
