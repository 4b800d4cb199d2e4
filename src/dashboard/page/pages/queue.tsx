import { useState } from 'preact/hooks';
import { rangeLabel, Waits } from '../charts/waits.js';
import { useFacts } from '../facts.js';
import { type Address, hrefOf, listOf } from '../lib/address.js';
import { type Answer, numberOf, rowsOf, textOf, useQuery, type Values } from '../lib/api.js';
import { useQueueOptions } from '../lib/choices.js';
import { daysBetween, spanOf } from '../lib/days.js';
import { labelOf, mediaLabel } from '../lib/labels.js';
import { Choice } from '../parts/choice.js';
import type { TableColumn } from '../parts/data-table.js';
import { Figure } from '../parts/figure.js';
import { HeatMap } from '../parts/heat-map.js';
import { Legend } from '../parts/legend.js';
import { PageHead } from '../parts/page-head.js';
import { SpanPicker } from '../parts/span-picker.js';
import { Tile } from '../parts/tile.js';
import { QueueFilters, TrendFigure } from './queues.js';

/** Up to here a span is drawn by intervals, beyond by days. */
const intervalDaysMax = 3;

export function QueuePage({ address, id }: { address: Address; id: string }) {
  const { today } = useFacts();
  const { from, to } = spanOf(address.query, today);
  const media = listOf(address.query, 'media');
  const values = { from, to, queues: [id], media };
  const isShort = daysBetween(from, to) <= intervalDaysMax;
  const trend = isShort ? 'queue-intervals' : 'queues-days';
  const name = useQueueOptions().find((queue) => queue.id === id)?.label;
  const totals = useQuery('queues', values);
  const overTime = useQuery(trend, values);
  return (
    <>
      <PageHead
        title={name ?? 'Queue'}
        note={
          <>
            <a href={hrefOf('/queues', keptSpan(address))}>All queues</a>
            {media.length > 0 && ` · ${media.map(mediaLabel).join(', ')}`}
          </>
        }
      >
        <SpanPicker address={address} />
        <QueueFilters address={address} isOneQueue />
      </PageHead>
      <QueueTiles answer={totals} />
      <TrendFigure
        answer={overTime}
        query={trend}
        values={values}
        time={isShort ? 'interval_start_local' : 'day'}
        title={isShort ? 'By interval' : 'By day'}
      />
      <div class="columns">
        <Hours values={values} />
        <WaitsFigure values={values} />
      </div>
      <Agents values={values} address={address} />
    </>
  );
}

const keptSpan = ({ query }: Address) =>
  new URLSearchParams([...query].filter(([name]) => ['from', 'to', 'span'].includes(name)));

const tiles = [
  'offered_count',
  'answer_rate',
  'long_abandon_rate',
  'service_level_rate',
  'average_answer_seconds',
  'average_handle_seconds',
  'average_acw_seconds',
  'transfer_rate',
];

/** Shows figures of the one media type that is chosen; several are not averaged with each other. */
function QueueTiles({ answer }: { answer: Answer }) {
  const rows = rowsOf(answer.result);
  const [row] = rows;
  if (row === undefined || rows.length > 1) return rows.length > 1 ? <MediaTable answer={answer} /> : null;
  return (
    <ul class="tiles">
      {tiles.map((name) => (
        <Tile
          key={name}
          name={name}
          label={tileLabels[name] ?? labelOf(name)}
          column={answer.result?.columns.find((column) => column.name === name)}
          value={numberOf(row[name])}
        />
      ))}
    </ul>
  );
}

const tileLabels: Readonly<Record<string, string>> = {
  answer_rate: 'Answered',
  long_abandon_rate: 'Abandoned, without short ones',
  transfer_rate: 'Transferred',
};

function MediaTable({ answer }: { answer: Answer }) {
  return (
    <Figure
      title="By media type"
      note="Waits and handle times of different media types are not averaged with each other."
      answer={answer}
      query="queues"
      values={{}}
      columns={[
        { name: 'media_type', label: 'Media', render: (row) => mediaLabel(textOf(row.media_type)) },
        ...['offered_count', ...tiles.slice(1)].map((name) => ({
          name,
          ...(tileLabels[name] && { label: tileLabels[name] }),
        })),
      ]}
    />
  );
}

const heats = [
  { id: 'offered_per_day', label: 'Offered', isBad: false },
  { id: 'service_level_rate', label: 'Service level', isBad: false },
  { id: 'abandon_rate', label: 'Abandon rate', isBad: true },
  { id: 'average_answer_seconds', label: 'ASA', isBad: true },
];

function Hours({ values }: { values: Values }) {
  const answer = useQuery('queue-hours', values);
  const [name, setName] = useState('offered_per_day');
  return (
    <Figure
      title="By weekday and hour"
      note={name === 'offered_per_day' ? 'Contacts offered on an average day.' : labelOf(name)}
      answer={answer}
      query="queue-hours"
      values={values}
      chart={
        <HeatMap
          rows={rowsOf(answer.result)}
          name={name}
          isWorseWhenMore={heats.find(({ id }) => id === name)?.isBad === true}
        />
      }
      controls={<Choice label="Figure of the hours" options={heats} value={name} onChange={setName} />}
    />
  );
}

const waitSeries = [
  { name: 'answered_count', color: 'var(--answered)' },
  { name: 'abandoned_count', color: 'var(--abandoned)' },
];

function WaitsFigure({ values }: { values: Values }) {
  const answer = useQuery('queue-waits', values);
  return (
    <Figure
      title="How long contacts waited"
      note={<Legend items={waitSeries} />}
      answer={answer}
      query="queue-waits"
      values={values}
      columns={waitColumns}
      chart={<Waits rows={rowsOf(answer.result)} />}
    />
  );
}

const waitColumns: readonly TableColumn[] = [
  {
    name: 'from_seconds',
    label: 'Wait',
    render: (row) => rangeLabel(numberOf(row.from_seconds) ?? 0, numberOf(row.to_seconds)),
  },
  { name: 'answered_count' },
  { name: 'abandoned_count' },
  { name: 'answered_until_rate', label: 'Answered until then' },
];

function Agents({ values, address }: { values: Values; address: Address }) {
  const answer = useQuery('queue-agents', values);
  const kept = keptSpan(address);
  return (
    <Figure
      title="Agents who took part"
      answer={answer}
      query="queue-agents"
      values={values}
      columns={[
        {
          name: 'user_name',
          render: (row) => <a href={hrefOf(`/agents/${textOf(row.user_id)}`, kept)}>{textOf(row.user_name)}</a>,
        },
        { name: 'session_count', label: 'Sessions' },
        { name: 'handled_count', isBar: true },
        { name: 'not_answered_count', label: 'Not answered' },
        { name: 'average_handle_seconds' },
        { name: 'median_handle_seconds', label: 'Median' },
        { name: 'average_acw_seconds' },
        { name: 'coverage_rate' },
      ]}
      sort={{ name: 'handled_count', isDown: true }}
      empty="No agent took part in this span."
    />
  );
}
