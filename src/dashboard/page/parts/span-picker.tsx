import { useFacts } from '../facts.js';
import { type Address, go, withChange } from '../lib/address.js';
import { presets, spanOf } from '../lib/days.js';

const own = 'own';

/** The days that a page is about: one of the usual spans, or any two days. */
export function SpanPicker({ address, fallback }: { address: Address; fallback?: string }) {
  const { today } = useFacts();
  const span = spanOf(address.query, today, fallback);
  const change = (next: { from?: string; to?: string; span?: string }) =>
    go(withChange(address, { from: undefined, to: undefined, span: undefined, ...next }), 'replace');
  const setDay = (which: 'from' | 'to', value: string) => {
    if (value !== '') change({ from: span.from, to: span.to, [which]: value });
  };
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
          {presets.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
          <option value={own}>Own span</option>
        </select>
      </label>
      <label>
        <span class="hidden">From</span>
        <input
          type="date"
          value={span.from}
          max={today}
          onChange={(event) => setDay('from', event.currentTarget.value)}
        />
      </label>
      <span aria-hidden="true">–</span>
      <label>
        <span class="hidden">To, included</span>
        <input type="date" value={span.to} max={today} onChange={(event) => setDay('to', event.currentTarget.value)} />
      </label>
    </div>
  );
}
