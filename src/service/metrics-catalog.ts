import { secondMs } from '../lib/interval.js';
import { redactText } from '../lib/redact.js';
import type { Facts, LiveFigures, PulledFigures, StreamFigures } from './metrics-facts.js';

export type * from './metrics-facts.js';

export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** One metric: its name without the prefix, and how it is read from the facts. */
export interface Figure {
  readonly name: string;
  readonly help: string;
  readonly kind: 'gauge' | 'counter';
  readonly labels?: readonly string[];
  readonly samples: (facts: Facts) => readonly Sample[];
}

export const prefix = 'genesys_warehouse_';
const errorCharactersMax = 160;

const seconds = (at: Date | null | undefined): Sample[] => (at ? [{ value: at.getTime() / secondMs }] : []);
const one = (value: number): Sample[] => [{ value }];
const byStream = (read: (figures: StreamFigures, now: Date) => number | undefined) => (facts: Facts) =>
  (facts.warehouse?.streams ?? []).flatMap((figures) => {
    const value = read(figures, facts.now);
    return value === undefined ? [] : [{ value, labels: { stream: figures.stream } }];
  });
const byPulled = (read: (figures: PulledFigures) => number) => (facts: Facts) =>
  [...facts.run.pulled].map(([stream, figures]) => ({ value: read(figures), labels: { stream } }));
const live = (read: (figures: LiveFigures) => readonly Sample[]) => (facts: Facts) =>
  facts.live === undefined ? [] : read(facts.live);
const ageSeconds = (at: Date | null, now: Date) =>
  at === null ? undefined : (now.getTime() - at.getTime()) / secondMs;
const epochSeconds = (at: Date | null) => (at === null ? undefined : at.getTime() / secondMs);

const streamFigures: readonly Figure[] = [
  gauge('stream_watermark_age_seconds', 'Age of the watermark, up to which the stream is pulled without a gap.', {
    labels: ['stream'],
    samples: byStream(({ watermarkAt }, now) => ageSeconds(watermarkAt, now)),
  }),
  gauge('stream_final_until_timestamp_seconds', 'Data before this instant is final.', {
    labels: ['stream'],
    samples: byStream(({ finalUntilAt }) => epochSeconds(finalUntilAt)),
  }),
  gauge('stream_last_success_timestamp_seconds', 'Time of the last successful pull of the stream.', {
    labels: ['stream'],
    samples: byStream(({ lastSuccessAt }) => epochSeconds(lastSuccessAt)),
  }),
  gauge('slices_due', 'Slices that are due now.', {
    labels: ['stream'],
    samples: byStream(({ dueSlices }) => dueSlices),
  }),
  gauge('slices_pending', 'Slices that have not been pulled yet.', {
    labels: ['stream'],
    samples: byStream(({ pendingSlices }) => pendingSlices),
  }),
  gauge('slices_failing', 'Slices whose latest attempt failed.', {
    labels: ['stream'],
    samples: byStream(({ failingSlices }) => failingSlices),
  }),
  gauge('dead_letters', 'Records that could not be stored and wait for a retry.', {
    labels: ['stream'],
    samples: byStream(({ deadLetters }) => deadLetters),
  }),
  gauge('restatements_in_last_day', 'Conversations that came back different from what was stored, in 24 hours.', {
    samples: ({ warehouse }) => (warehouse ? one(warehouse.restatementsInLastDay) : []),
  }),
];

const pulledFigures: readonly Figure[] = [
  counter('pages_total', 'Pages stored by this process.', {
    labels: ['stream'],
    samples: byPulled(({ pages }) => pages),
  }),
  counter('rows_total', 'Records in the answers that this process has stored.', {
    labels: ['stream'],
    samples: byPulled(({ records }) => records),
  }),
  counter('rows_changed_total', 'Of these, records that were new or different.', {
    labels: ['stream'],
    samples: byPulled(({ changedRecords }) => changedRecords),
  }),
  counter('rows_refused_total', 'Records that this process had to put aside as dead letters.', {
    labels: ['stream'],
    samples: byPulled(({ deadLetters }) => deadLetters),
  }),
  counter('slices_total', 'Slices that this process has worked on, by how that ended.', {
    labels: ['stream', 'outcome'],
    samples: ({ run }) =>
      [...run.pulled].flatMap(([stream, { slices }]) =>
        Object.entries(slices).map(([outcome, value]) => ({ value, labels: { stream, outcome } })),
      ),
  }),
];

const apiFigures: readonly Figure[] = [
  counter('api_requests_total', 'Requests sent, each retry counted again.', {
    samples: ({ api }) => one(api.requests),
  }),
  counter('api_retries_total', 'Requests sent again.', { samples: ({ api }) => one(api.retries) }),
  counter('api_refused_total', 'Answers with status 429: too many requests.', {
    samples: ({ api }) => one(api.status429),
  }),
  counter('api_waited_seconds_total', 'Time that requests waited for their turn, summed over all.', {
    samples: ({ api }) => one(api.throttledMs / secondMs),
  }),
  counter('api_received_bytes_total', 'Bytes of answers, after decompression.', {
    samples: ({ api }) => one(api.bytes),
  }),
  gauge('api_allowance_requests_per_minute', 'Requests a minute that may be sent now.', {
    samples: ({ api }) => one(api.allowance),
  }),
];

const runFigures: readonly Figure[] = [
  counter('ticks_total', 'Ticks of the scheduler, by how they ended: done, partly (a slice failed), failed.', {
    labels: ['outcome'],
    samples: ({ run }) => Object.entries(run.ticks).map(([outcome, value]) => ({ value, labels: { outcome } })),
  }),
  gauge('tick_running', '1 while a tick is at work.', { samples: ({ run }) => one(run.isTicking ? 1 : 0) }),
  gauge('last_tick_begin_timestamp_seconds', 'When the latest tick began.', {
    samples: ({ run }) => seconds(run.lastTickBeganAt),
  }),
  gauge('last_tick_end_timestamp_seconds', 'When the latest tick that is over ended.', {
    samples: ({ run }) => seconds(run.lastTickEndedAt),
  }),
  gauge('last_tick_seconds', 'How long the latest tick that is over took.', {
    samples: ({ run }) => (run.lastTickMs === null ? [] : one(run.lastTickMs / secondMs)),
  }),
  gauge('last_error_timestamp_seconds', 'When the latest error happened; its text, without ids, is the label.', {
    labels: ['stream', 'error'],
    samples: lastError,
  }),
  gauge('outage', '1 while Genesys Cloud or the database is away or refuses this process, and nothing is pulled.', {
    labels: ['of'],
    samples: ({ run }) =>
      ['genesys', 'database'].map((of) => ({ value: run.outage?.of === of ? 1 : 0, labels: { of } })),
  }),
  gauge('outage_since_timestamp_seconds', 'When the outage began; its reason, without ids, is a label.', {
    labels: ['of', 'reason'],
    samples: ({ run: { outage } }) =>
      outage === null
        ? []
        : [{ value: outage.since.getTime() / secondMs, labels: { of: outage.of, reason: errorLabel(outage.reason) } }],
  }),
  gauge('ready', '1 while /readyz says that this process can do its work.', {
    samples: (facts) => one(facts.isReady ? 1 : 0),
  }),
  gauge('database_up', '1 while the database answers.', { samples: (facts) => one(facts.isDatabaseUp ? 1 : 0) }),
  gauge('database_figures_age_seconds', 'Age of the figures that are read from the database.', {
    samples: ({ warehouseAgeMs }) => (warehouseAgeMs === null ? [] : one(warehouseAgeMs / secondMs)),
  }),
  gauge('build_info', 'Always 1; the versions are the labels.', {
    labels: ['version', 'node'],
    samples: ({ version }) => [{ value: 1, labels: { version, node: process.version } }],
  }),
];

const liveFigures: readonly Figure[] = [
  gauge('live_connected', '1 while the notification channel is open; only with run --wrapup.', {
    samples: live(({ isConnected, topics }) => (topics > 0 ? one(isConnected ? 1 : 0) : [])),
  }),
  gauge('live_topics', 'Topics that the notification channels are subscribed to.', {
    samples: live(({ topics }) => one(topics)),
  }),
  counter('live_reconnects_total', 'How often a notification channel had to be opened again.', {
    samples: live(({ reconnects }) => one(reconnects)),
  }),
  counter('live_events_total', 'Events that named a conversation, by source.', {
    labels: ['source'],
    samples: live(({ events }) => Object.entries(events).map(([source, value]) => ({ value, labels: { source } }))),
  }),
  gauge('live_waiting_conversations', 'Conversations that were named by an event and are not read yet.', {
    samples: live(({ waiting }) => one(waiting)),
  }),
  counter('live_conversations_read_total', 'Conversations read because of an event or the polling behind it.', {
    samples: live(({ read }) => one(read)),
  }),
  counter('live_overflows_total', 'Events refused because too many waited; polling reads what they named.', {
    samples: live(({ overflows }) => one(overflows)),
  }),
  gauge('live_last_event_timestamp_seconds', 'When the latest event came.', {
    samples: live(({ lastEventAt }) => seconds(lastEventAt)),
  }),
];

/** Every metric of this program. */
export const allFigures: readonly Figure[] = [
  ...streamFigures,
  ...pulledFigures,
  ...apiFigures,
  ...runFigures,
  ...liveFigures,
];

function lastError({ warehouse, run }: Facts): Sample[] {
  const known = [warehouse?.lastError, run.lastError].filter((fact) => fact !== null && fact !== undefined);
  const latest = known.sort((a, b) => b.at.getTime() - a.at.getTime())[0];
  if (latest === undefined) return [];
  const labels = { stream: latest.stream, error: errorLabel(latest.message) };
  return [{ value: latest.at.getTime() / secondMs, labels }];
}

/**
 * Builds the label of an error. Each value of a label is a separate time series, so parts that
 * differ from error to error are removed.
 */
export function errorLabel(message: string): string {
  return redactText(message)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{21,27}/gi, '…')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '…')
    .replace(/\s+/g, ' ')
    .slice(0, errorCharactersMax);
}

function gauge(name: string, help: string, rest: Pick<Figure, 'labels' | 'samples'>): Figure {
  return { name, help, kind: 'gauge', ...rest };
}

function counter(name: string, help: string, rest: Pick<Figure, 'labels' | 'samples'>): Figure {
  return { name, help, kind: 'counter', ...rest };
}
