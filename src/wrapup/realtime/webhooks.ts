/** The two `POST` routes: authentication and handling. The service port calls them with the whole body. */

import { asError } from '../../lib/errors.js';
import { parseJson } from '../../lib/json.js';
import type { Log } from '../../lib/log.js';
import type { SurveyInput } from '../../model/agent-session.js';
import { readSurveyRecord, type SurveyRecord } from '../survey-record.js';
import { Seen } from './dedupe.js';
import { idsPerBodyMax } from './events.js';
import type { Live } from './realtime.js';
import { type Headers, isAuthentic, type SignatureFault, signatureFault } from './signatures.js';

export const webhookPath = '/webhooks/conversations';
export const surveysPath = '/surveys';
/** EventBridge sends up to 256 kB. */
export const bodyBytesMax = 512 * 1_024;

export interface Asked {
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const retryAfterSeconds = '30';
const surveysPerRequestMax = 1_000;
const faultsShownMax = 20;
const signaturesMax = 100_000;

/** Queues the conversations that the body names and responds at once; they are read afterwards. */
export function webhookHandler(live: Pick<Live, 'offer'>, secret: string): (asked: Asked) => Answered {
  return ({ headers, body }) => {
    if (!isAuthentic(headers, body, secret)) return unauthorized();
    const message = parseJson(body.toString('utf8'));
    if (message === undefined) return { status: 400, text: 'The body is not JSON.' };
    const outcome = live.offer(message, 'webhook');
    if (outcome === 'nothing')
      return { status: 422, text: 'The body names no conversation: conversationId is missing.' };
    if (outcome === 'too_many')
      return { status: 413, text: `The body names more than ${idsPerBodyMax} conversations; send it in parts.` };
    if (outcome !== 'full') return { status: 202, text: outcome === 'taken' ? 'Accepted.' : 'Duplicate.' };
    return {
      status: 503,
      text: 'Queue full; retry later. Polling finds the conversations meanwhile.',
      headers: { 'retry-after': retryAfterSeconds },
    };
  };
}

export interface SurveysParts {
  readonly secret: string;
  readonly now: () => Date;
  readonly log: Log;
  /** Source of the answers, unless a record names one. */
  readonly source: string;
  readonly store: (surveys: readonly SurveyInput[]) => Promise<StoredAnswers>;
}

export interface StoredAnswers {
  readonly stored: number;
  readonly unchanged: number;
  /** Rejected answers, by their position in the list passed to `store`. */
  readonly refused: readonly { readonly index: number; readonly reason: string }[];
}

/** Accepts one survey answer or a list of them; they are stored when the response is 200. */
export function surveysHandler(parts: SurveysParts): (asked: Asked) => Promise<Answered> {
  const seen = new Seen(signaturesMax);
  return async ({ headers, body }) => {
    const fault = signatureFault(headers, body, { secret: parts.secret, seen, now: parts.now() });
    if (fault !== undefined) return signatureAnswer(fault);
    try {
      return await imported(body, parts);
    } catch (error) {
      // Nothing was stored, so the sender may repeat the same request.
      seen.forget(String(headers['x-signature']));
      parts.log.error({ error: asError(error) }, 'Survey answers could not be stored');
      return {
        status: 503,
        text: 'The answers could not be stored; send them again.',
        headers: { 'retry-after': retryAfterSeconds },
      };
    }
  };
}

async function imported(body: Buffer, { source, store }: SurveysParts): Promise<Answered> {
  const message = parseJson(body.toString('utf8'));
  if (typeof message !== 'object' || message === null)
    return { status: 400, text: 'The body is not JSON of one answer (an object) or a list of answers.' };
  const records: readonly unknown[] = Array.isArray(message) ? message : [message];
  if (records.length > surveysPerRequestMax)
    return { status: 413, text: `The list has more than ${surveysPerRequestMax} answers; send it in parts.` };
  const { surveys, faults } = readAll(records, source);
  const { stored, unchanged, refused } =
    surveys.length > 0
      ? await store(surveys.map(({ survey }) => survey))
      : { stored: 0, unchanged: 0, refused: [] as const };
  for (const { index, reason } of refused) faults.push({ index: surveys[index]?.index ?? index, fault: reason });
  faults.sort((a, b) => a.index - b.index);
  const summary = { stored, unchanged, faulty: faults.length, faults: faults.slice(0, faultsShownMax) };
  return {
    status: stored + unchanged === 0 && faults.length > 0 ? 422 : 200,
    text: JSON.stringify(summary),
    contentType: 'application/json',
  };
}

interface Fault {
  readonly index: number;
  readonly fault: string;
}

/** Each record separately: an invalid one does not keep the others of a list from being stored. */
function readAll(records: readonly unknown[], source: string) {
  const surveys: { readonly index: number; readonly survey: SurveyInput }[] = [];
  const faults: Fault[] = [];
  for (const [index, record] of records.entries()) {
    const read =
      typeof record !== 'object' || record === null || Array.isArray(record)
        ? { fault: 'the answer is not a JSON object' }
        : readSurveyRecord(record as SurveyRecord, { source });
    if ('survey' in read) surveys.push({ index, survey: read.survey });
    else faults.push({ index, fault: read.fault });
  }
  return { surveys, faults };
}

const signatureSentences: Readonly<Record<SignatureFault, Answered>> = {
  unsigned: { status: 401, text: 'X-Timestamp (seconds since 1970) or X-Signature (sha256=…) is missing.' },
  wrong: { status: 401, text: 'X-Signature does not match X-Timestamp, a full stop and the body.' },
  old: { status: 401, text: 'X-Timestamp differs by more than five minutes from the time of this server.' },
  repeated: { status: 409, text: 'Duplicate request.' },
};

function signatureAnswer(fault: SignatureFault): Answered {
  return signatureSentences[fault];
}

function unauthorized(): Answered {
  return {
    status: 401,
    text: 'Send the secret as Authorization: Bearer, or X-Signature over the body.',
    headers: { 'www-authenticate': 'Bearer' },
  };
}
