import { numberOf, type Row } from '../lib/api.js';
import { formatFigure } from '../lib/format.js';
import { labelOf } from '../lib/labels.js';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const weekdayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Weekdays across, hours down, each cell the darker the larger: picture and table in one. */
export function HeatMap({
  rows,
  name,
  isWorseWhenMore,
}: {
  rows: readonly Row[];
  name: string;
  isWorseWhenMore: boolean;
}) {
  const byCell = new Map(rows.map((row) => [`${row.weekday}/${row.hour}`, numberOf(row[name])]));
  const hours = [...new Set(rows.map((row) => numberOf(row.hour) ?? 0))].sort((a, b) => a - b);
  const shown = Array.from(
    { length: (hours.at(-1) ?? 0) - (hours[0] ?? 0) + 1 },
    (_, index) => (hours[0] ?? 0) + index,
  );
  const top = name.endsWith('_rate') ? 1 : Math.max(...[...byCell.values()].map((value) => value ?? 0), 0);
  return (
    <table class={`heat ${isWorseWhenMore ? 'is-bad' : ''}`}>
      <caption class="hidden">{labelOf(name)} by weekday and hour</caption>
      <thead>
        <tr>
          <th scope="col">Hour</th>
          {weekdays.map((day, index) => (
            <th key={day} scope="col" class="number">
              <abbr title={weekdayNames[index]}>{day}</abbr>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((hour) => (
          <tr key={hour}>
            <th scope="row">{hour}:00</th>
            {weekdays.map((day, index) => (
              <HeatCell key={day} name={name} value={byCell.get(`${index + 1}/${hour}`) ?? null} top={top} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HeatCell({ name, value, top }: { name: string; value: number | null; top: number }) {
  if (value === null) return <td class="number" />;
  const share = top === 0 ? 0 : Math.min(1, value / top);
  return (
    <td class="number" style={{ '--share': `${Math.round(share * 100)}%` }}>
      {formatFigure(name, name === 'offered_per_day' ? Math.round(value) : value)}
    </td>
  );
}
