import type pg from 'pg';
import { onTestFinished, vi } from 'vitest';
import type { GenesysWriteApi, WriteCredentials } from '../../src/genesys/write-api.js';
import { createGenesysWriteApi } from '../../src/genesys/write-client.js';
import { sleepFor } from '../../src/lib/abort.js';
import { silentLog } from '../../src/lib/log.js';
import type { Proposal } from '../../src/model/assignment.js';
import { insertProposals } from '../../src/postgres/wrapup/assignments.js';
import { createAssignmentStore } from '../../src/postgres/wrapup/sending.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import type { JsonObject } from '../../src/sandbox/world.js';
import { applyAssignments } from '../../src/wrapup/writeback/apply.js';
import type { ApplyOptions, ApplyParts } from '../../src/wrapup/writeback/types.js';
import { migratedDatabase, testPool } from '../support/postgres.js';

/** A contact centre, a database and sometimes processes for each test, on machines that do other things too. */
vi.setConfig({ testTimeout: 120_000 });

export const noon = new Date('2026-01-20T15:00:00Z');

export interface Bench {
  readonly sandbox: Sandbox;
  readonly pool: pg.Pool;
  readonly databaseUrl: string;
  /** Follows the sandbox's clock. */
  readonly now: () => Date;
}

/** A contact centre in the middle of its day and an empty warehouse. Both end with the test. */
export async function openBench(options: SandboxOptions = {}): Promise<Bench> {
  const sandbox = await startSandbox({
    agents: 20,
    conversationsPerDay: 400,
    clock: { kind: 'fixed', at: noon },
    dataFrom: new Date('2026-01-19T00:00:00Z'),
    requestsPerMinute: 'unlimited',
    lateWrapups: 'accepted',
    ...options,
  });
  const database = await migratedDatabase();
  const pool = testPool(database.url, 8);
  onTestFinished(async () => {
    await pool.end();
    await database.drop();
    await sandbox.close();
  });
  return { sandbox, pool, databaseUrl: database.url, now: () => sandbox.now() };
}

export function clientCredentials(sandbox: Sandbox): WriteCredentials {
  return { kind: 'client', clientId: sandbox.writeClient.id, clientSecret: sandbox.writeClient.secret };
}

export function openWriter(sandbox: Sandbox, credentials = clientCredentials(sandbox), more = {}): GenesysWriteApi {
  const api = createGenesysWriteApi({
    credentials,
    apiUrl: sandbox.url,
    requestsPerMinute: 1_000_000,
    userAgentVersion: 'test',
    waitMsMax: 60_000,
    timeoutMs: 5_000,
    // Delays are drawn as their shortest.
    random: () => 0,
    now: () => sandbox.now(),
    ...more,
  });
  onTestFinished(() => api.close());
  return api;
}

export function partsOf(bench: Bench, api = openWriter(bench.sandbox), more: Partial<ApplyParts> = {}): ApplyParts {
  return {
    api,
    store: createAssignmentStore(bench.pool, { now: bench.now, actor: 'test' }),
    now: bench.now,
    // Looks after a write follow one another at once.
    sleep: (_ms, signal) => sleepFor(0, signal),
    signal: new AbortController().signal,
    log: silentLog(),
    ...more,
  };
}

export async function apply(bench: Bench, more: Partial<ApplyOptions> = {}, parts = partsOf(bench)) {
  return applyAssignments(parts, { ...(await everything(bench)), writesMax: 1_000, ...more });
}

/** An allow-list that holds every queue and code. */
export async function everything({ sandbox }: Bench) {
  const { queues, wrapupCodes } = sandbox.world.directory;
  return { queueIds: queues.map(idOf), wrapupCodes: wrapupCodes.map(idOf) };
}

export interface AgentSession {
  readonly conversation: JsonObject;
  readonly participantNo: number;
  readonly sessionNo: number;
  readonly participant: JsonObject;
  readonly session: JsonObject;
  readonly queueId: string;
  readonly code: string | undefined;
  readonly isOver: boolean;
}

/** Agents' sessions of the day as they are known now, in the order of the day. */
export function handlingsOf(sandbox: Sandbox): AgentSession[] {
  const day = new Date(sandbox.now());
  day.setUTCHours(0, 0, 0, 0);
  return sandbox.world
    .conversationsOfDay(day.getTime())
    .map((conversation) => conversation.render(sandbox.now().getTime(), false))
    .filter((record) => record !== undefined)
    .flatMap(handlingsIn);
}

export function handlingsIn(conversation: JsonObject): AgentSession[] {
  return list(conversation.participants).flatMap((participant, participantAt) =>
    participant.userId === undefined
      ? []
      : list(participant.sessions).flatMap((session, sessionAt) => {
          const segments = list(session.segments);
          const queueId = segments.map((segment) => segment.queueId).find((id) => id !== undefined);
          const isHandled = segments.some((segment) => segment.segmentType === 'interact');
          if (!isHandled || queueId === undefined || !media.includes(String(session.mediaType))) return [];
          const code = segments.map((segment) => segment.wrapUpCode).findLast((id) => id !== undefined);
          return [
            {
              conversation,
              participantNo: participantAt + 1,
              sessionNo: sessionAt + 1,
              participant,
              session,
              queueId: String(queueId),
              code: code === undefined ? undefined : String(code),
              isOver: conversation.conversationEnd !== undefined,
            },
          ];
        }),
  );
}

const media = ['voice', 'message', 'email', 'callback'];

/** Returns agent sessions without a code: `count` of ended conversations, or all, at least `count`, of open ones. */
export function uncoded(sandbox: Sandbox, count: number, isOver = true): AgentSession[] {
  const found = handlingsOf(sandbox).filter((candidate) => candidate.code === undefined && candidate.isOver === isOver);
  if (found.length < count) throw new Error(`Only ${found.length} such candidates, not ${count}.`);
  return isOver ? found.slice(0, count) : found;
}

export function codesOf(sandbox: Sandbox, { queueId }: Pick<AgentSession, 'queueId'>): readonly string[] {
  return sandbox.world.directory.queueWrapupCodes.get(queueId) ?? [];
}

export function proposalOf(sandbox: Sandbox, candidate: AgentSession, more: Partial<Proposal> = {}): Proposal {
  const { conversation, participant, session } = candidate;
  const code = codesOf(sandbox, candidate)[0] ?? '';
  const start = list(session.segments)[0]?.segmentStart;
  return {
    conversationStart: new Date(String(conversation.conversationStart)),
    conversationId: String(conversation.conversationId),
    participantNo: candidate.participantNo,
    sessionNo: candidate.sessionNo,
    startedAt: new Date(String(start)),
    participantId: String(participant.participantId),
    sessionId: String(session.sessionId),
    queueId: candidate.queueId,
    userId: String(participant.userId),
    mediaType: String(session.mediaType),
    rule: 'left without a code',
    ruleVersion: '1',
    source: 'rule',
    wrapupCode: code,
    wrapupName: code,
    note: null,
    previousCode: candidate.code ?? null,
    cause: null,
    ...more,
  };
}

export async function propose(bench: Bench, proposals: readonly Proposal[]): Promise<void> {
  for (let at = 0; at < proposals.length; at += 1_000)
    await insertProposals(bench.pool, proposals.slice(at, at + 1_000), { now: bench.now(), actor: 'test' });
}

export interface Row {
  readonly assignment_id: string;
  readonly session_id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly error_code: string | null;
  readonly correlation_id: string | null;
  readonly conversation_id: string;
  readonly wrapup_code: string;
  readonly claimed_until: Date | null;
  readonly retry_at: Date | null;
}

export async function rowsOf(pool: pg.Pool): Promise<Row[]> {
  const { rows } = await pool.query<Row>('select * from wrapup.assignments order by assignment_id');
  return rows;
}

/** Calls that set a code, as the sandbox saw them: how often each communication was written. */
export function writesSeen(sandbox: Sandbox): Map<string, number> {
  const seen = new Map<string, number>();
  for (const { method, path, operation } of sandbox.requests()) {
    if (method === 'POST' && operation === 'wrapup write') seen.set(path, (seen.get(path) ?? 0) + 1);
  }
  return seen;
}

/** The code that the communication has in the API at this moment. */
export async function codeInGenesys(api: GenesysWriteApi, candidate: AgentSession): Promise<unknown> {
  const kinds = { voice: 'calls', message: 'messages', email: 'emails', callback: 'callbacks' } as const;
  const place = {
    kind: kinds[String(candidate.session.mediaType) as keyof typeof kinds],
    conversationId: String(candidate.conversation.conversationId),
    participantId: String(candidate.participant.participantId),
    communicationId: String(candidate.session.sessionId),
  };
  return (await api.wrapup(place)).body.code;
}

function list(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value : [];
}

function idOf(entity: JsonObject): string {
  return String(entity.id);
}
