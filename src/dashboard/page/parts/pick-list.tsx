import { useEffect, useId, useRef, useState } from 'preact/hooks';

export interface PickListProps {
  /** Name of the items in the plural: `queues`. */
  readonly what: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
  readonly chosen: readonly string[];
  readonly onChange: (ids: string[]) => void;
}

/** As many as one address has room for. */
const chosenMax = 200;
const shownMax = 200;

/** Some of many: a button that opens a list of check boxes with a field to search it. Nothing chosen means all. */
export function PickList({ what, options, chosen, onChange }: PickListProps) {
  const [search, setSearch] = useState('');
  const id = useId();
  const box = useRef<HTMLDetailsElement>(null);
  useCloseOutside(box);
  const found = options.filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()));
  const toggle = (option: string, isOn: boolean) =>
    onChange(isOn ? [...chosen, option].slice(0, chosenMax) : chosen.filter((each) => each !== option));
  return (
    <details class="pick" ref={box}>
      <summary>{summaryOf(what, options, chosen)}</summary>
      <div class="pick-box">
        <label class="hidden" for={id}>
          Search {what}
        </label>
        <input
          id={id}
          type="search"
          placeholder={`Search ${what}`}
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <ul>
          {found.slice(0, shownMax).map((option) => (
            <li key={option.id}>
              <label>
                <input
                  type="checkbox"
                  checked={chosen.includes(option.id)}
                  onChange={(event) => toggle(option.id, event.currentTarget.checked)}
                />
                <span>{option.label}</span>
              </label>
            </li>
          ))}
          {found.length === 0 && <li class="note">None is called so.</li>}
          {found.length > shownMax && <li class="note">{found.length - shownMax} more; search for them.</li>}
        </ul>
        {chosen.length > 0 && (
          <button type="button" onClick={() => onChange([])}>
            All {what}
          </button>
        )}
      </div>
    </details>
  );
}

function summaryOf(what: string, options: PickListProps['options'], chosen: readonly string[]): string {
  if (chosen.length === 0) return `All ${what}`;
  if (chosen.length > 1) return `${chosen.length} ${what}`;
  return options.find(({ id }) => id === chosen[0])?.label ?? `1 of the ${what}`;
}

/** Closes on a click elsewhere and on Escape, as people expect of a menu. */
function useCloseOutside(box: { current: HTMLDetailsElement | null }): void {
  useEffect(() => {
    const close = (event: Event) => {
      const isInside = event.target instanceof Node && box.current?.contains(event.target) === true;
      if (event instanceof KeyboardEvent ? event.key === 'Escape' && isInside : !isInside) {
        const hadFocus = box.current?.open === true && event instanceof KeyboardEvent;
        box.current?.removeAttribute('open');
        if (hadFocus) box.current?.querySelector('summary')?.focus();
      }
    };
    document.addEventListener('click', close);
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('click', close);
      document.removeEventListener('keydown', close);
    };
  }, []);
}
