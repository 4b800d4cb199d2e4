import { useFacts } from '../facts.js';
import { type Address, go, withChange } from '../lib/address.js';
import { addDays } from '../lib/days.js';

/** One day: the one before, the one after, or any. Today has no parameter, so that a saved address stays today. */
export function DaySteps({ address, day }: { address: Address; day: string }) {
  const { today } = useFacts();
  const to = (next: string) => withChange(address, { day: next === today && address.path === '/' ? undefined : next });
  return (
    <nav class="steps" aria-label="Day">
      <a href={to(addDays(day, -1))} aria-label="The day before">
        ‹
      </a>
      <label>
        <span class="hidden">Day</span>
        <input
          class="field"
          type="date"
          value={day}
          max={today}
          onChange={(event) => event.currentTarget.value !== '' && go(to(event.currentTarget.value), 'replace')}
        />
      </label>
      {day < today && (
        <a href={to(addDays(day, 1))} aria-label="The day after">
          ›
        </a>
      )}
      {day !== today && <a href={to(today)}>Today</a>}
    </nav>
  );
}
