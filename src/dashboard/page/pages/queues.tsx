import { useState } from 'preact/hooks';
import { Trend } from '../charts/trend.js';
import { useFacts } from '../facts.js';
import { type Address, go, hrefOf, listOf, withChange } from '../lib/address.js';
import { type Answer, numberOf, type Row, rowsOf, textOf, useQuery } from '../lib/api.js';
import { type Option, useMediaOptions, useQueueOptions } from '../lib/choices.js';
import { spanOf } from '../lib/days.js';
import { formatDuration, nothing } from '../lib/format.js';
import { labelOf, mediaLabel } from '../lib/labels.js';
import { Choice } from '../parts/choice.js';
import type { TableColumn } from '../parts/data-table.js';
import { Figure } from '../parts/figure.js';
import { Legend } from '../parts/legend.js';
import { PageHead } from '../parts/page-head.js';
import { PickList } from '../parts/pick-list.js';
import { SpanPicker } from '../parts/span-picker.js';

const trends = [
  'offered_count',
  'service_level_rate',
  'abandon_rate',
  'average_answer_seconds',
  'average_handle_seconds',
];

export const contactSeries = [
  { name: 'answered_count', color: 'var(--answered)' },
  { name: 'abandoned_count', color: 'var(--abandoned)' },
  { name: 'flow_out_count', color: 'var(--flow-out)' },
];

/** All queues over a span of days. */
export function QueuesPage({ address }: { address: Address }) {
  const { today } = useFacts();
  const { from, to } = spanOf(address.query, today);
  const values = { from, to, queues: listOf(address.query, 'queues'), media: listOf(address.query, 'media') };
  const queues = useQuery('queues', values);
  const days = useQuery('queues-days', values);
  return (
    <>
      <PageHead
        title="Queues"
        note="Genesys' own figures: each contact counts where its wait, talk or handling was complete."
      >
        <SpanPicker address={address} />
        <QueueFilters address={address} />
      </PageHead>
      <TrendFigure answer={days} query="queues-days" values={values} time="day" title="All chosen queues" />
      <Figure
        title="Queues and media types"
        answer={queues}
        query="queues"
        values={values}
        columns={columnsFor(address)}
        sort={{ name: 'offered_count', isDown: true }}
        empty="No queue had a contact in this span."
      />
    </>
  );
}

export function QueueFilters({ address, isOneQueue = false }: { address: Address; isOneQueue?: boolean }) {
  const queueOptions = useQueueOptions();
  const mediaOptions = useMediaOptions();
  const set = (name: string) => (ids: string[]) => go(withChange(address, { [name]: ids }), 'replace');
  return (
    <>
      {!isOneQueue && (
        <PickList
          what="queues"
          options={queueOptions}
          chosen={listOf(address.query, 'queues')}
          onChange={set('queues')}
        />
      )}
      <MediaPick options={mediaOptions} address={address} />
    </>
  );
}

function MediaPick({ options, address }: { options: readonly Option[]; address: Address }) {
  return (
    <PickList
      what="media types"
      options={options}
      chosen={listOf(address.query, 'media')}
      onChange={(ids) => go(withChange(address, { media: ids }), 'replace')}
    />
  );
}

/** One figure over time, to be chosen: contacts as bars by what became of them, all others as a line. */
export function TrendFigure(props: {
  answer: Answer;
  query: string;
  values: Parameters<typeof Figure>[0]['values'];
  time: string;
  title: string;
}) {
  const { answer, query, values, time, title } = props;
  const [name, setName] = useState('offered_count');
  const isContacts = name === 'offered_count';
  const series = isContacts ? contactSeries : [{ name, color: 'var(--accent)' }];
  return (
    <Figure
      title={title}
      note={isContacts ? <Legend items={contactSeries} /> : labelOf(name)}
      answer={answer}
      query={query}
      values={values}
      chart={
        <Trend
          rows={rowsOf(answer.result)}
          time={time}
          series={series}
          kind={isContacts ? 'bars' : 'lines'}
          label={`${title}: ${isContacts ? 'contacts' : labelOf(name)} over time`}
        />
      }
      controls={
        <Choice
          label={`Figure of ${title}`}
          options={trends.map((each) => ({ id: each, label: each === 'offered_count' ? 'Contacts' : labelOf(each) }))}
          value={name}
          onChange={setName}
        />
      }
      empty="No contact came in this span."
    />
  );
}

/** `80 % in 0:20`, or nothing where the queue aims at nothing. */
function targetOf(row: Row): string {
  const [rate, seconds] = [numberOf(row.target_rate), numberOf(row.target_seconds)];
  return rate === null || seconds === null ? nothing : `${Math.round(rate * 100)} % in ${formatDuration(seconds)}`;
}

/** Links keep the span and the media type. */
function columnsFor({ query }: Address): readonly TableColumn[] {
  const kept = new URLSearchParams([...query].filter(([name]) => ['from', 'to', 'span'].includes(name)));
  const href = (id: string, media: string) => {
    const next = new URLSearchParams(kept);
    next.set('media', media);
    return hrefOf(`/queues/${id}`, next);
  };
  return [
    {
      name: 'queue_name',
      render: (row) => <a href={href(textOf(row.queue_id), textOf(row.media_type))}>{textOf(row.queue_name)}</a>,
    },
    { name: 'media_type', label: 'Media', render: (row) => mediaLabel(textOf(row.media_type)) },
    { name: 'offered_count', isBar: true },
    { name: 'answered_count' },
    { name: 'answer_rate', label: 'Answered %' },
    { name: 'abandoned_count' },
    { name: 'long_abandon_rate', label: 'Abandoned %' },
    { name: 'flow_out_count', label: 'Flow-out' },
    { name: 'service_level_rate' },
    { name: 'target_rate', label: 'Target', render: (row) => targetOf(row) },
    { name: 'in_target_rate', label: 'In target' },
    { name: 'average_answer_seconds' },
    { name: 'handled_count' },
    { name: 'average_handle_seconds' },
    { name: 'transfer_rate', label: 'Transferred' },
  ];
}
