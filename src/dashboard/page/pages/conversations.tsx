import { useFacts } from '../facts.js';
import { type Address, go, listOf, withChange } from '../lib/address.js';
import { type Row, textOf, useQuery } from '../lib/api.js';
import { useCauseOptions, useMediaOptions, useQueueOptions, useUserOptions } from '../lib/choices.js';
import { formatLocal, nothing } from '../lib/format.js';
import { causeLabel, mediaLabel } from '../lib/labels.js';
import { momentSpanOf } from '../lib/moments.js';
import type { TableColumn } from '../parts/data-table.js';
import { Figure } from '../parts/figure.js';
import { MomentPicker } from '../parts/moment-picker.js';
import { PageHead } from '../parts/page-head.js';
import { PickList } from '../parts/pick-list.js';

const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Conversations by time, queue, agent, media type and cause; or one by its id. */
export function ConversationsPage({ address }: { address: Address }) {
  const { today } = useFacts();
  const span = momentSpanOf(address.query, today, 'yesterday');
  const values = {
    from: span.from,
    to: span.to,
    queues: listOf(address.query, 'queues'),
    users: listOf(address.query, 'users'),
    media: listOf(address.query, 'media'),
    causes: listOf(address.query, 'causes'),
  };
  const answer = useQuery('conversations', values);
  return (
    <>
      <PageHead title="Conversations" note="By the start of the conversation; the latest thousand that fit.">
        <IdField />
        <MomentPicker address={address} fallback="yesterday" />
        <Filters address={address} />
      </PageHead>
      <Figure
        title="Conversations that fit"
        answer={answer}
        query="conversations"
        values={values}
        columns={columns}
        empty="No conversation fits. Choose a longer span or fewer filters."
      />
    </>
  );
}

function IdField() {
  const open = (event: SubmitEvent) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('id') as HTMLInputElement;
    const id = field.value.trim().toLowerCase();
    if (idForm.test(id)) go(`/conversations/${id}`);
    else field.setCustomValidity('An id looks like 123e4567-e89b-42d3-a456-426614174000.');
    field.reportValidity();
  };
  return (
    <form class="id-field" onSubmit={open}>
      <label>
        <span class="hidden">Conversation id</span>
        <input
          class="field"
          name="id"
          size={30}
          placeholder="Conversation id"
          onInput={(event) => event.currentTarget.setCustomValidity('')}
        />
      </label>
      <button type="submit" class="button">
        Open
      </button>
    </form>
  );
}

function Filters({ address }: { address: Address }) {
  const filters = [
    { what: 'queues', name: 'queues', options: useQueueOptions() },
    { what: 'agents', name: 'users', options: useUserOptions() },
    { what: 'media types', name: 'media', options: useMediaOptions() },
    { what: 'causes', name: 'causes', options: useCauseOptions() },
  ];
  return (
    <>
      {filters.map(({ what, name, options }) => (
        <PickList
          key={name}
          what={what}
          options={options}
          chosen={listOf(address.query, name)}
          onChange={(ids) => go(withChange(address, { [name]: ids }), 'replace')}
        />
      ))}
    </>
  );
}

const columns: readonly TableColumn[] = [
  {
    name: 'started_local',
    label: 'Start',
    render: (row) => (
      <a href={`/conversations/${textOf(row.conversation_id)}`}>{formatLocal(textOf(row.started_local))}</a>
    ),
  },
  { name: 'originating_direction', label: 'Direction' },
  {
    name: 'media_types',
    label: 'Media',
    render: (row) => textOf(row.media_types).split(',').map(mediaLabel).join(', '),
  },
  { name: 'queue_name' },
  { name: 'user_names', label: 'Agents' },
  { name: 'duration_seconds', label: 'Length' },
  { name: 'handle_seconds', label: 'Handle time' },
  { name: 'wrapup_names', label: 'Wrap-up code', render: codeOf },
];

/** The code, else why there is none. */
function codeOf(row: Row) {
  const [names, causes] = [textOf(row.wrapup_names), textOf(row.wrapup_causes)];
  if (names !== '') return names;
  if (causes === '') return nothing;
  return <span class="missing">{causes.split(', ').map(causeLabel).join(', ')}</span>;
}
