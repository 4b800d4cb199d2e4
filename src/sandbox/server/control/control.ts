import { UsageError } from '../../../lib/errors.js';
import { secondMs } from '../../../lib/interval.js';
import { isObject } from '../../../lib/json.js';
import type { JsonObject } from '../../world.js';
import type { FaultSettings } from '../faults/fault-settings.js';
import type { Answer } from '../http/answer.js';
import { json } from '../http/answer.js';
import type { RequestLogEntry } from '../http/request-log.js';
import type { AgentWrapup, SurveyAnswer } from './people.js';

/** A change of one record made by a test; `patch` is a JSON merge patch (null removes a key). */
export interface Restatement {
  readonly conversationId: string;
  readonly patch?: JsonObject;
  readonly change?: (record: JsonObject) => JsonObject;
  /** From when the change is seen; default now. */
  readonly at?: Date;
}

/** Lets tests and other processes control a sandbox in ways that no client of the real API can. */
export interface SandboxControl {
  readonly url: string;
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Its credentials are for writing. */
  readonly writeClient: { readonly id: string; readonly secret: string };
  /** Here users log in. */
  readonly userClient: { readonly id: string; readonly secret: string };
  now(): Date;
  setNow(at: Date): void;
  advance(deltaMs: number): void;
  requests(): RequestLogEntry[];
  resetRequests(): void;
  setFaults(settings: FaultSettings): void;
  faultsInjected(): Record<string, number>;
  restate(restatement: Restatement): void;
  /** Sends an event to every channel that is subscribed to the topic. */
  notify(topicName: string, eventBody: JsonObject): void;
  revokeTokens(): void;
  /** Tokens, and what users got to renew theirs. */
  revokeLogins(): void;
  /** An agent enters a code. */
  enterWrapup(wrapup: AgentWrapup): void;
  /** A customer answers a survey. */
  answerSurvey(answer: SurveyAnswer): void;
  /** Clears requests, faults, restatements and rate windows; keeps the clock and tokens. */
  reset(): void;
  status(): JsonObject;
}

type Handler = (control: SandboxControl, body: JsonObject) => JsonObject;

const done: JsonObject = { ok: true };

const handlers: Readonly<Record<string, Handler>> = {
  'GET /sandbox/status': (control) => control.status(),
  'GET /sandbox/requests': (control) => ({ requests: control.requests() as unknown as JsonObject[] }),
  'DELETE /sandbox/requests': (control) => {
    control.resetRequests();
    return done;
  },
  'POST /sandbox/clock': (control, body) => {
    moveClock(control, body);
    return { now: control.now().toISOString() };
  },
  'GET /sandbox/faults': (control) => ({ injected: control.faultsInjected() }),
  'POST /sandbox/faults': (control, body) => {
    control.setFaults(body as FaultSettings);
    return done;
  },
  'POST /sandbox/restate': (control, body) => {
    control.restate(restatementOf(body));
    return done;
  },
  'POST /sandbox/notify': (control, body) => {
    if (typeof body.topicName !== 'string' || !isObject(body.eventBody))
      throw new UsageError('Give {"topicName": "…", "eventBody": {…}}.');
    control.notify(body.topicName, body.eventBody);
    return done;
  },
  'POST /sandbox/wrapup': (control, body) => {
    if (typeof body.conversationId !== 'string' || typeof body.code !== 'string')
      throw new UsageError(
        'Give {"conversationId": "…", "code": "…"} and, where it is not the last one, "communicationId".',
      );
    control.enterWrapup(body as unknown as AgentWrapup);
    return done;
  },
  'POST /sandbox/surveys': (control, body) => {
    if (typeof body.conversationId !== 'string')
      throw new UsageError('Give {"conversationId": "…", "promoterScore": 9, "totalScore": 80}.');
    control.answerSurvey(body as unknown as SurveyAnswer);
    return done;
  },
  'POST /sandbox/reset': (control) => {
    control.reset();
    return done;
  },
  'POST /sandbox/tokens/revoke': (control, body) => {
    if (body.logins === true) control.revokeLogins();
    else control.revokeTokens();
    return done;
  },
};

export function answerControl(control: SandboxControl, method: string, path: string, bodyText: string): Answer {
  const handler = handlers[`${method} ${path}`];
  if (handler === undefined)
    return json({ error: `There is no ${method} ${path}; known are ${Object.keys(handlers).join(', ')}.` }, 404);
  try {
    return json(handler(control, bodyText === '' ? {} : parsed(bodyText)));
  } catch (error) {
    if (error instanceof UsageError) return json({ error: error.message }, 400);
    if (error instanceof RangeError) return json({ error: `The body cannot be used (${error.message}).` }, 400);
    throw error;
  }
}

function parsed(bodyText: string): JsonObject {
  let body: unknown;
  try {
    body = JSON.parse(bodyText);
  } catch {
    throw new UsageError('The body is not JSON.');
  }
  if (!isObject(body)) throw new UsageError('The body is not a JSON object.');
  return body as JsonObject;
}

function moveClock(control: SandboxControl, body: JsonObject): void {
  if (typeof body.now === 'string') control.setNow(new Date(body.now));
  else if (typeof body.advanceSeconds === 'number') control.advance(body.advanceSeconds * secondMs);
  else throw new UsageError('Give {"now": "2026-01-05T12:00:00Z"} or {"advanceSeconds": 3600}.');
}

function restatementOf(body: JsonObject): Restatement {
  if (
    typeof body.conversationId !== 'string' ||
    typeof body.patch !== 'object' ||
    body.patch === null ||
    Array.isArray(body.patch)
  )
    throw new UsageError('Give {"conversationId": "…", "patch": {…}} and, where it is not now, "at".');
  if (body.at === undefined) return { conversationId: body.conversationId, patch: body.patch };
  const at = new Date(String(body.at));
  if (Number.isNaN(at.getTime()))
    throw new UsageError('"at" is not a timestamp; use one such as "2026-01-05T12:00:00Z".');
  return { conversationId: body.conversationId, patch: body.patch, at };
}

/** RFC 7396. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (isObject(value)) merged[key] = mergePatch(isObject(merged[key]) ? (merged[key] as JsonObject) : {}, value);
    else merged[key] = value;
  }
  return merged;
}
