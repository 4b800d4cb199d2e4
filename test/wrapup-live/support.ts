import { onTestFinished } from 'vitest';
import type { GenesysApi } from '../../src/genesys/api.js';
import { createGenesysApi } from '../../src/genesys/client.js';
import { silentLog } from '../../src/lib/log.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { Live, type LiveParts, type LiveTimings } from '../../src/wrapup/realtime/realtime.js';
import { until } from '../service/support.js';

export { until };

export const noon = new Date('2026-01-20T15:00:00Z');

/** A contact centre at work, with its API; both end with the test. */
export async function openCentre(options: SandboxOptions = {}): Promise<{ sandbox: Sandbox; api: GenesysApi }> {
  const sandbox = await startSandbox({
    agents: 12,
    conversationsPerDay: 200,
    clock: { kind: 'fixed', at: noon },
    dataFrom: new Date('2026-01-19T00:00:00Z'),
    requestsPerMinute: 'unlimited',
    ...options,
  });
  const api = createGenesysApi({
    clientId: sandbox.clientId,
    clientSecret: sandbox.clientSecret,
    apiUrl: sandbox.url,
    requestsPerMinute: 10_000,
    userAgentVersion: 'test',
    waitMsMax: 60_000,
    timeoutMs: 5_000,
    random: () => 0,
    now: () => sandbox.now(),
  });
  onTestFinished(async () => {
    await api.close();
    await sandbox.close();
  });
  return { sandbox, api };
}

/** Long enough never to happen in a test that does not shorten it. */
const never = 3_600_000;
export const quick: LiveTimings = {
  checkMs: 20,
  pingMs: never,
  silenceMsMax: never,
  renewalMs: never,
  livedMsMin: 0,
  gatherMs: 5,
  followMs: never,
  pollMs: never,
  queuesMs: 50,
  noQueuesMs: 50,
};

export interface Listening {
  readonly live: Live;
  /** Ids in the order in which they were read, by events and by polling. */
  readonly read: string[];
  readonly polled: string[];
  stop(): Promise<void>;
}

/** The machinery without rules and tables: what it reads is written down. Stopped with the test. */
export function listen(
  api: LiveParts['api'],
  parts: Partial<LiveParts> & Pick<LiveParts, 'now'>,
  timings: Partial<LiveTimings> = {},
): Listening {
  const stopping = new AbortController();
  const read: string[] = [];
  const polled: string[] = [];
  const live = new Live({
    api,
    read: async (ids) => void read.push(...ids),
    store: async (records) =>
      void polled.push(...records.map((record) => (record as { conversationId: string }).conversationId)),
    random: () => 0,
    log: silentLog(),
    signal: stopping.signal,
    ...parts,
    timings: { ...quick, ...timings },
  });
  const ended = live.run();
  const stop = async () => {
    stopping.abort(new Error('The test is over.'));
    await ended;
  };
  onTestFinished(stop);
  return { live, read, polled, stop };
}

export async function queueIdsOf(api: GenesysApi): Promise<string[]> {
  const ids: string[] = [];
  for await (const { entities } of api.listQueues()) ids.push(...entities.map(({ id }) => String(id)));
  return ids;
}

/** Conversations of the sandbox that are alive now, with a queue that they are in. */
export function aliveNow(sandbox: Sandbox): { id: string; queueId: string }[] {
  const nowMs = sandbox.now().getTime();
  const day = Math.floor(nowMs / 86_400_000) * 86_400_000;
  return sandbox.world.conversationsOfDay(day).flatMap(({ id, startMs }) => {
    if (startMs > nowMs) return [];
    const record = sandbox.world.conversationById(id)?.render(nowMs, false) as
      | { conversationEnd?: string; participants?: { sessions?: { segments?: { queueId?: string }[] }[] }[] }
      | undefined;
    if (record === undefined || record.conversationEnd !== undefined) return [];
    const queueId = record.participants
      ?.flatMap(({ sessions }) => sessions ?? [])
      .flatMap(({ segments }) => segments ?? [])
      .find((segment) => segment.queueId !== undefined)?.queueId;
    return queueId === undefined ? [] : [{ id, queueId }];
  });
}
