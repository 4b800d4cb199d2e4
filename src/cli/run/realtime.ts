import { onConnection } from '../../postgres/connection/transaction.js';
import { arePulled } from '../../postgres/ledger/coverage.js';
import { eraseFrom, withErasures } from '../../postgres/load/erasures.js';
import { createStore, storePages } from '../../postgres/load/store.js';
import { storeSurveys } from '../../postgres/wrapup/surveys.js';
import { createScreen } from '../../privacy/scrubber.js';
import type { LiveFigures } from '../../service/metrics-catalog.js';
import type { Route } from '../../service/routes.js';
import { conversationPage } from '../../streams/conversations/page.js';
import { Live, type LiveTimings } from '../../wrapup/realtime/realtime.js';
import {
  bodyBytesMax,
  surveysHandler,
  surveysPath,
  webhookHandler,
  webhookPath,
} from '../../wrapup/realtime/webhooks.js';
import { parseRules } from '../../wrapup/rules/rules.js';
import { type CommandContext, timingOf } from '../app/command.js';
import type { OpenedWithApi } from '../app/open.js';
import { openPlanner, readRules } from '../wrapup/planner.js';
import { type ApplyDecided, RuleWorker } from './rule-worker.js';

/** Stream name in restatements for conversations that were read because of an event, not of a slice. */
const stream = 'open_conversations';
const surveySource = 'post';
const directoryStreams = ['directory', 'queue_directory'];

export interface RunLiveOptions {
  readonly context: CommandContext;
  readonly opened: OpenedWithApi;
  /** `--wrapup`: subscribe to events and evaluate the rules. Without it, only posted conversations are read. */
  readonly isWrapup: boolean;
  readonly apply?: ApplyDecided;
  readonly onError: (error: Error) => void;
  readonly timings?: Partial<LiveTimings>;
}

export interface RunLive {
  readonly routes: readonly Route[];
  readonly figures?: () => LiveFigures;
  /** Resolves when the signal has aborted and all work has ended. */
  run(): Promise<void>;
}

/** Opens the part of `run` that reacts to events. Throws a UsageError where the rules file has faults. */
export async function openRunLive(options: RunLiveOptions): Promise<RunLive> {
  const { opened, isWrapup } = options;
  const { webhookSecret, surveySecret } = opened.config;
  if (isWrapup) await checkRules(opened);
  if (!isWrapup && webhookSecret === undefined) {
    return { routes: surveySecret === undefined ? [] : [surveyRoute(options, surveySecret)], run: async () => {} };
  }
  const worker = isWrapup ? createRuleWorker(options) : undefined;
  const live = createLive(options, worker);
  return {
    routes: [
      ...(webhookSecret === undefined ? [] : [post(webhookPath, webhookHandler(live, webhookSecret))]),
      ...(surveySecret === undefined ? [] : [surveyRoute(options, surveySecret, live)]),
    ],
    figures: () => live.figures(),
    run: async () => {
      await Promise.all([live.run(), worker?.run()]);
    },
  };
}

/**
 * Rejects a file that `wrapup check` rejects. Before the directory has been pulled once, names
 * cannot be validated; then only the form is, and the worker validates the rest later.
 */
async function checkRules({ config: { wrapupRules }, pool, log }: OpenedWithApi): Promise<void> {
  const rules = parseRules(await readRules(wrapupRules), wrapupRules);
  if (await arePulled(pool, directoryStreams)) await openPlanner(pool, wrapupRules);
  if (rules.writeback === undefined)
    log.warn(`${wrapupRules} has no writeback list: no queue is subscribed to, and nothing is written to Genesys`);
}

function createRuleWorker({ opened, context, apply, onError }: RunLiveOptions): RuleWorker {
  const { signal } = context;
  return new RuleWorker({ opened, now: opened.clock.now, signal, onError, ...(apply !== undefined && { apply }) });
}

function createLive({ opened, context, timings, onError }: RunLiveOptions, worker: RuleWorker | undefined): Live {
  const { pool, api, log } = opened;
  const store = createStore(pool, opened.clock.now);
  const load = async (records: readonly unknown[], asOf: Date) => {
    await onConnection(pool, (client) =>
      withErasures(client, (erasures) => {
        const page = conversationPage(records, { asOf, cursor: {}, erase: eraseFrom(erasures) });
        return storePages(client, store, { stream, sliceId: null, erasures }, [page], async () => {});
      }),
    );
    worker?.onConversationsRead(idsOf(records));
  };
  return new Live({
    api,
    log,
    now: opened.clock.now,
    signal: context.signal,
    random: timingOf(context).random,
    onError,
    ...(worker !== undefined && { queueIds: worker.queueIds }),
    read: async (ids) => {
      const answer = await api.conversationsByIds(ids, { signal: context.signal, priority: 0 });
      await load(answer.body.conversations ?? [], answer.requestedAt);
    },
    store: load,
    ...(timings !== undefined && { timings }),
  });
}

function surveyRoute({ opened }: RunLiveOptions, secret: string, live?: Live): Route {
  const { pool, log } = opened;
  const screen = createScreen(opened.config.privacy);
  const handle = surveysHandler({
    secret,
    now: opened.clock.now,
    log,
    source: surveySource,
    store: async (surveys) => {
      const stored = await storeSurveys(pool, surveys, { now: opened.clock.now(), screen });
      // Read again, so that the rules are evaluated on current data.
      if (stored.conversationIds.length > 0) live?.offer({ conversationIds: stored.conversationIds }, 'survey');
      return stored;
    },
  });
  return post(surveysPath, handle);
}

function post(path: string, handle: Route['handle']): Route {
  return { method: 'POST', path, bodyBytesMax, handle };
}

function idsOf(records: readonly unknown[]): string[] {
  return records
    .map((record) => (record as { conversationId?: unknown } | null)?.conversationId)
    .filter((id) => typeof id === 'string');
}
