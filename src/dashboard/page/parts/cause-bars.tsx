import { numberOf, type Row, textOf } from '../lib/api.js';
import { formatNumber, formatRate } from '../lib/format.js';
import { causeLabel } from '../lib/labels.js';

/** Causes as bars that lead to their conversations. With its numbers written it is a table as well. */
export function CauseBars(props: {
  rows: readonly Row[];
  tone: 'leak' | 'expected';
  hrefOf: (cause: string) => string;
}) {
  const { rows, tone, hrefOf } = props;
  const top = Math.max(1, ...rows.map((row) => numberOf(row.session_count) ?? 0));
  const total = rows.reduce((sum, row) => sum + (numberOf(row.session_count) ?? 0), 0);
  return (
    <ul class={`causes is-${tone}`}>
      {rows.map((row) => {
        const count = numberOf(row.session_count) ?? 0;
        const ruled = numberOf(row.ruled_count) ?? 0;
        return (
          <li key={textOf(row.wrapup_cause)}>
            <a href={hrefOf(textOf(row.wrapup_cause))}>
              <span class="cause-name">{causeLabel(textOf(row.wrapup_cause))}</span>
              <span class="cause-count">
                {formatNumber(count)} <span class="note">{formatRate(count / Math.max(1, total))}</span>
              </span>
              <span class="cause-bar">
                <i style={{ width: `${(100 * count) / top}%` }} />
                {ruled > 0 && <i class="is-ruled" style={{ width: `${(100 * ruled) / top}%` }} />}
              </span>
            </a>
            <p class="note">{textOf(row.meaning)}</p>
            <p class="remedy">{textOf(row.action)}</p>
          </li>
        );
      })}
    </ul>
  );
}
