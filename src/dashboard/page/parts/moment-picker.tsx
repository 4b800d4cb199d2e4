import { useFacts } from '../facts.js';
import { type Address, go, withChange } from '../lib/address.js';
import { momentPresets, momentSpanOf } from '../lib/moments.js';

const own = 'own';
const quarterSeconds = 900;

/** The time that a page is about, to the quarter of an hour. */
export function MomentPicker({ address, fallback }: { address: Address; fallback?: string }) {
  const { today, granularityMinutes } = useFacts();
  const span = momentSpanOf(address.query, today, fallback);
  const change = (next: { from?: string; to?: string; span?: string }) =>
    go(withChange(address, { from: undefined, to: undefined, span: undefined, ...next }), 'replace');
  const set = (which: 'from' | 'to', value: string) => {
    if (value !== '') change({ from: span.from, to: span.to, [which]: value.slice(0, 16) });
  };
  const field = (which: 'from' | 'to', label: string) => (
    <label>
      <span class="hidden">{label}</span>
      <input
        type="datetime-local"
        step={Math.max(quarterSeconds, granularityMinutes * 60)}
        value={span[which]}
        onChange={(event) => set(which, event.currentTarget.value)}
      />
    </label>
  );
  return (
    <div class="span">
      <label>
        <span class="hidden">Span</span>
        <select
          value={span.preset ?? own}
          onChange={({ currentTarget: { value } }) =>
            value === own ? change({ from: span.from, to: span.to }) : change({ span: value })
          }
        >
          {momentPresets.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
          <option value={own}>Own span</option>
        </select>
      </label>
      {field('from', 'From')}
      <span aria-hidden="true">–</span>
      {field('to', 'To, not included')}
    </div>
  );
}
