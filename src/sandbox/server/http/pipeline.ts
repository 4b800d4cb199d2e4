import { setTimeout as sleep } from 'node:timers/promises';
import { answerApi, checkPermissions, matched, refusal } from '../api.js';
import type { Core } from '../core.js';
import { gatewayHtml, isAfterHeaders } from '../faults/spoil.js';
import type { TokenStore } from '../login/tokens.js';
import { oauthError } from '../login/tokens.js';
import type { RecordedAnswers } from '../replay/recorded-answers.js';
import type { Answer } from './answer.js';
import { jsonType, text } from './answer.js';
import { ApiFault, tooManyRequests } from './api-fault.js';
import type { RateLimit } from './rate-limit.js';
import { rateHeaders } from './rate-limit.js';
import type { Call, Matcher } from './router.js';

/** One request on its way through; the optional parts are filled in as they become known, for the log. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly bodyText: string;
  readonly authorization: string | undefined;
  readonly counter: number;
  readonly correlationId: string;
  operation?: string;
  fault?: string;
  unknown?: boolean;
  /** Time for which the second half of the body is held back. */
  pauseMs?: number;
}

export interface Gate {
  readonly core: Core;
  readonly tokens: TokenStore;
  readonly rateLimit: RateLimit;
  readonly matcher: Matcher;
  /** Answers from files, in a replay. */
  readonly recorded: RecordedAnswers | undefined;
}

const retryAfterDefaultSeconds = 1;
const stallDefaultMs = 1_000;
const stallMsMax = 600_000;
const anonymous = 'anonymous';
const authorizePath = '/oauth/authorize';

/** `'reset'`: the connection is to be cut without an answer. */
export async function answerTo(gate: Gate, exchange: Exchange): Promise<Answer | 'reset'> {
  const operation = operationOf(gate, exchange);
  if (operation !== undefined) exchange.operation = operation;
  const early = await earlyFault(gate.core, exchange);
  if (early !== undefined) return early;
  if (exchange.path === '/oauth/token') return login(gate, exchange);
  if (exchange.path === authorizePath) return authorize(gate, exchange);
  try {
    const answer = await answerAuthorized(gate, exchange);
    return isAnswerLost(gate.core, exchange, answer) ? 'reset' : answer;
  } catch (error) {
    return withRate(gate, anonymous, refusal(error, exchange.correlationId));
  }
}

/** Named before anything can go wrong, so that the log says what was asked even where a fault or the door answered. */
function operationOf(gate: Gate, exchange: Exchange): string | undefined {
  if (exchange.path === '/oauth/token') return 'login';
  if (exchange.path === authorizePath) return 'authorize';
  const match = gate.matcher(exchange.method, exchange.path);
  return typeof match === 'object' ? match.route.operation : undefined;
}

function isAnswerLost({ faults }: Core, exchange: Exchange, answer: Answer): boolean {
  const isChange = exchange.method !== 'GET' && exchange.method !== 'HEAD' && answer.status < 300;
  if (!isChange || faults.strikes('lostAnswers', exchange.counter, exchange.path) === undefined) return false;
  exchange.fault = 'lostAnswers';
  return true;
}

function authorize(gate: Gate, exchange: Exchange): Answer {
  if (exchange.method !== 'GET')
    return refusal(new ApiFault(405, 'method.not.allowed', 'Only GET is allowed here.'), exchange.correlationId);
  return gate.tokens.authorize(exchange.query);
}

function login(gate: Gate, exchange: Exchange): Answer {
  if (exchange.method !== 'POST')
    return refusal(new ApiFault(405, 'method.not.allowed', 'Only POST is allowed here.'), exchange.correlationId);
  if (gate.core.faults.strikes('revokedCredentials', exchange.counter) !== undefined) {
    exchange.fault = 'revokedCredentials';
    return withRate(gate, anonymous, oauthError(401, 'invalid_client', 'client authentication failed'));
  }
  return withRate(gate, anonymous, gate.tokens.issue(exchange.authorization, exchange.bodyText));
}

async function answerAuthorized(gate: Gate, exchange: Exchange): Promise<Answer> {
  const token = checkToken(gate, exchange);
  // Further logins of one client share its limit.
  const rate = gate.rateLimit.take(gate.core.options.clientId);
  const answer = rate.exceeded
    ? refusal(tooManyRequests(rate.resetSeconds), exchange.correlationId)
    : await answerKnown(gate, exchange, token);
  return { ...answer, headers: { ...rateHeaders(rate), ...answer.headers } };
}

function checkToken(gate: Gate, exchange: Exchange): string {
  const token = gate.tokens.check(exchange.authorization);
  if (gate.core.faults.strikes('expireTokens', exchange.counter, exchange.path) === undefined) return token;
  exchange.fault = 'expireTokens';
  gate.tokens.revoke(token);
  return gate.tokens.check(exchange.authorization);
}

async function answerKnown(gate: Gate, exchange: Exchange, token: string): Promise<Answer> {
  try {
    const recorded = recordedAnswer(gate, exchange);
    if (recorded !== undefined) return recorded;
    const match = matched(gate.matcher, exchange.method, exchange.path);
    checkPermissions(gate.core, match);
    return await answerApi(callOf(gate, exchange, token, match.params), match);
  } catch (error) {
    exchange.unknown = exchange.operation === undefined;
    return refusal(error, exchange.correlationId);
  }
}

function recordedAnswer(gate: Gate, exchange: Exchange): Answer | undefined {
  if (gate.recorded === undefined) return undefined;
  const match = gate.matcher(exchange.method, exchange.path);
  const pattern = typeof match === 'object' ? match.route.path : undefined;
  const answer = gate.recorded({ ...exchange, pattern });
  if (answer !== undefined) exchange.operation = typeof match === 'object' ? match.route.operation : 'recorded';
  return answer;
}

function callOf(gate: Gate, exchange: Exchange, token: string, params: Readonly<Record<string, string>>): Call {
  const { method, path, query, bodyText, counter, correlationId } = exchange;
  const { clientId, userId } = gate.tokens.subjectOf(token);
  return { method, path, query, params, bodyText, counter, correlationId, token, clientId, userId };
}

/** Faults that strike before anybody looks at the request. */
async function earlyFault(core: Core, exchange: Exchange): Promise<Answer | 'reset' | undefined> {
  const { counter, path } = exchange;
  const { faults } = core;
  const stall = faults.strikes('stall', counter, path);
  if (stall !== undefined) {
    exchange.fault = 'stall';
    const ms = Math.min(stall.ms ?? stallDefaultMs, stallMsMax);
    if (stall.when === 'in-body') exchange.pauseMs = ms;
    // Unreferenced, so that a sandbox that is closed does not wait for its own delays.
    else await sleep(ms, undefined, { ref: false });
  }
  if (!isAfterHeaders(faults) && faults.strikes('reset', counter, path) !== undefined) {
    exchange.fault = 'reset';
    return 'reset';
  }
  const busy = faults.strikes('http429', counter, path);
  if (busy !== undefined) {
    exchange.fault = 'http429';
    return refusal(tooManyRequests(busy.retryAfterSeconds ?? retryAfterDefaultSeconds), exchange.correlationId);
  }
  if (faults.strikes('http413', counter, path) !== undefined) {
    exchange.fault = 'http413';
    return refusal(new ApiFault(413, 'request.entity.too.large', 'The request is too large.'), exchange.correlationId);
  }
  const broken = faults.strikes('http5xx', counter, path);
  if (broken === undefined) return undefined;
  exchange.fault = 'http5xx';
  return serverError(broken.status ?? 503, broken.body ?? 'json', exchange.correlationId);
}

function serverError(status: number, body: 'json' | 'html' | 'empty', correlationId: string): Answer {
  if (body === 'empty') return { status, body: [], contentType: jsonType };
  if (body === 'html') return text('text/html', gatewayHtml(status), status);
  const known: Readonly<Record<number, readonly [string, string]>> = {
    500: [
      'internal.server.error',
      'The server encountered an unexpected condition which prevented it from fulfilling the request.',
    ],
    504: ['request.timeout', 'The request timed out.'],
  };
  const [code, message] = known[status] ?? [
    'service.unavailable',
    'Service Unavailable - The server is currently unavailable.',
  ];
  return refusal(new ApiFault(status, code, message), correlationId);
}

function withRate(gate: Gate, key: string, answer: Answer): Answer {
  // Requests without a token are shown the limits but are not held to them: they never get past the door.
  return {
    ...answer,
    headers: { ...rateHeaders({ ...gate.rateLimit.take(key), exceeded: false }), ...answer.headers },
  };
}
