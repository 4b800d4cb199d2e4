import { useMemo, useState } from 'preact/hooks';
import { DayCurve } from '../charts/day-curve.js';
import { useFacts } from '../facts.js';
import { type Address, go, withChange } from '../lib/address.js';
import { type Answer, numberOf, type Row, rowsOf, textOf, useQuery } from '../lib/api.js';
import { addDays } from '../lib/days.js';
import { formatDay, formatTime } from '../lib/format.js';
import { labelOf, mediaLabel } from '../lib/labels.js';
import { Choice } from '../parts/choice.js';
import type { TableColumn } from '../parts/data-table.js';
import { DaySteps } from '../parts/day-steps.js';
import { Figure } from '../parts/figure.js';
import { Fault } from '../parts/notice.js';
import { Sparkline } from '../parts/sparkline.js';
import { Tile, type TileProps } from '../parts/tile.js';

const refreshMs = 60_000;

interface Measure {
  readonly name: string;
  readonly label: string;
  readonly better?: NonNullable<TileProps['better']>;
}

const measures: readonly Measure[] = [
  { name: 'offered_count', label: 'Offered' },
  // More or fewer than a week before is the demand's doing first.
  { name: 'answered_count', label: 'Answered' },
  { name: 'abandoned_count', label: 'Abandoned', better: 'less' },
  { name: 'service_level_rate', label: 'Service level', better: 'more' },
  { name: 'average_answer_seconds', label: 'ASA', better: 'less' },
  { name: 'average_handle_seconds', label: 'AHT' },
  { name: 'coverage_rate', label: 'Wrap-up coverage', better: 'more' },
];

export function TodayPage({ address }: { address: Address }) {
  const { today, granularityMinutes } = useFacts();
  const media = useQuery('media-types', {});
  const day = address.query.get('day') ?? today;
  const chosen = address.query.get('media') ?? textOf(rowsOf(media.result)[0]?.media_type);
  const values = { day, media: chosen === 'all' ? undefined : chosen };
  const isReady = media.result !== undefined || media.error !== undefined;
  const figures = useQuery(isReady ? 'today-figures' : undefined, values, refreshMs);
  const minutes = Math.max(30, granularityMinutes);
  const intervals = useQuery(isReady ? 'today-intervals' : undefined, { ...values, minutes }, refreshMs);
  const queues = useQuery(isReady ? 'today-queues' : undefined, values, refreshMs);
  const [measure, setMeasure] = useState('offered_count');
  const until = textOf(rowsOf(figures.result)[0]?.until_local);
  const ended = useMemo(() => endedBy(rowsOf(intervals.result), until, minutes), [intervals.result, until, minutes]);
  return (
    <>
      <Head {...{ address, day, today, media, chosen }} figures={figures} />
      <Fault answer={figures} />
      <Tiles {...{ isToday: day === today, figures, curves: ended, queues }} />
      <Figure
        title={`${labelOf(measure)} through the day`}
        note={<Legend day={day} />}
        answer={intervals}
        query="today-intervals"
        values={{ ...values, minutes }}
        columns={intervalColumns}
        chart={
          <DayCurve
            rows={ended}
            name={measure}
            label={labelOf(measure)}
            dayName={formatDay(day)}
            beforeName={formatDay(addDays(day, -7))}
          />
        }
        controls={
          <Choice
            label="Figure of the curve"
            options={measures.map(({ name, label }) => ({ id: name, label }))}
            value={measure}
            onChange={setMeasure}
          />
        }
        empty="No contact came on these two days."
      />
      <Figure
        title="Queues"
        note="What waits is as of the last pull."
        answer={queues}
        query="today-queues"
        values={values}
        columns={queueColumns}
        sort={{ name: 'offered_count', isDown: true }}
        empty="No queue had a contact on this day."
      />
    </>
  );
}

function Head(props: { address: Address; day: string; today: string; media: Answer; chosen: string; figures: Answer }) {
  const { address, day, today, media, chosen, figures } = props;
  const until = textOf(rowsOf(figures.result)[0]?.until_local);
  const options = [
    ...rowsOf(media.result).map((row) => ({ id: textOf(row.media_type), label: mediaLabel(textOf(row.media_type)) })),
    { id: 'all', label: 'All media' },
  ];
  const isCompared = rowsOf(figures.result).some((row) => row.period === 'week_before' && row.offered_count !== null);
  const reach = until.slice(0, 10) === day ? ` up to ${formatTime(until)}` : '';
  return (
    <div class="head">
      <div>
        <h1 tabIndex={-1}>{day === today ? 'Today' : formatDay(day)}</h1>
        <p class="note">
          {day === today && `${formatDay(day)}, `}
          {isCompared
            ? `compared with ${formatDay(addDays(day, -7))}${reach}`
            : `nothing to compare with on ${formatDay(addDays(day, -7))}`}
          {day === today && isEarly(until) && (
            <>
              . The day is young: <a href={withChange(address, { day: addDays(today, -1) })}>see yesterday</a>
            </>
          )}
        </p>
      </div>
      <div class="controls">
        <DaySteps address={address} day={day} />
        <Choice
          label="Media type"
          options={options}
          value={chosen}
          onChange={(id) => go(withChange(address, { media: id }), 'replace')}
        />
      </div>
    </div>
  );
}

const earlyHour = '06';

/** So early that the day says little: at night, and before the first data of a day. */
const isEarly = (until: string): boolean => until === '' || until.slice(11, 13) < earlyHour;

function Legend({ day }: { day: string }) {
  return (
    <span class="legend">
      <span class="key-day">{formatDay(day)}</span>
      <span class="key-before">{formatDay(addDays(day, -7))}</span>
    </span>
  );
}

function Tiles(props: { isToday: boolean; figures: Answer; curves: readonly Row[]; queues: Answer }) {
  const { isToday, figures, curves, queues } = props;
  const rows = rowsOf(figures.result);
  const day = rows.find((row) => row.period === 'day') ?? {};
  const before = rows.find((row) => row.period === 'week_before') ?? {};
  const column = (name: string) => figures.result?.columns.find((each) => each.name === name);
  const median = numberOf(day.median_handle_seconds);
  return (
    <ul class="tiles">
      {isToday && <Waiting queues={queues} />}
      {measures.map(({ name, label, better }) => (
        <Tile
          key={name}
          name={name}
          label={label}
          column={column(name)}
          value={numberOf(day[name])}
          before={numberOf(before[name])}
          {...(better !== undefined && { better })}
          {...(name === 'average_handle_seconds' && { detail: <Median column={column} value={median} /> })}
        >
          <Sparkline
            day={curve(curves, 'day', name)}
            before={curve(curves, 'week_before', name)}
            label={`${label} through the day`}
          />
        </Tile>
      ))}
    </ul>
  );
}

function Median({ value }: { column: (name: string) => unknown; value: number | null }) {
  return (
    <span class="beside">
      {value === null ? '' : `median ${Math.floor(value / 60)}:${String(Math.round(value % 60)).padStart(2, '0')}`}
    </span>
  );
}

function Waiting({ queues }: { queues: Answer }) {
  const rows = rowsOf(queues.result);
  const count = rows.reduce((sum, row) => sum + (numberOf(row.waiting_count) ?? 0), 0);
  return (
    <Tile
      name="waiting_count"
      label="Waiting now"
      column={queues.result?.columns.find(({ name }) => name === 'waiting_count')}
      value={queues.result === undefined ? null : count}
      detail={`in ${rows.filter((row) => Number(row.waiting_count) > 0).length} queues`}
    />
  );
}

const minuteMs = 60_000;

/** Leaves out intervals that have no or not all data yet: drawn, they would look like a day that breaks off. */
function endedBy(rows: readonly Row[], until: string, minutes: number): readonly Row[] {
  if (until === '') return rows;
  const startMsMax = Date.parse(`${until}Z`) - minutes * minuteMs;
  return rows.filter((row) => Date.parse(`${textOf(row.interval_local)}Z`) <= startMsMax);
}

function curve(rows: readonly Row[], period: string, name: string) {
  return rows
    .filter((row) => row.period === period)
    .map((row) => ({ minute: numberOf(row.minute_of_day) ?? 0, value: numberOf(row[name]) }));
}

const intervalColumns: readonly TableColumn[] = [
  { name: 'interval_local' },
  ...measures.map(({ name, label }) => ({ name, label })),
  { name: 'median_handle_seconds' },
];

const queueColumns: readonly TableColumn[] = [
  { name: 'queue_name', render: (row) => <a href={`/queues/${textOf(row.queue_id)}`}>{textOf(row.queue_name)}</a> },
  { name: 'media_type', label: 'Media', render: (row) => mediaLabel(textOf(row.media_type)) },
  { name: 'waiting_count', label: 'Waiting' },
  { name: 'longest_wait_seconds', label: 'Longest' },
  { name: 'offered_count', label: 'Offered', isBar: true },
  { name: 'answered_count', label: 'Answered' },
  { name: 'abandoned_count', label: 'Abandoned' },
  { name: 'abandon_rate', label: 'Abandon rate' },
  { name: 'service_level_rate' },
  { name: 'average_answer_seconds' },
  { name: 'average_handle_seconds' },
];
