import { ApiError, type ApiErrorFacts, type ErrorAction } from '../lib/errors.js';
import type { Redactor } from '../lib/redact.js';
import { proxyFailedCode, proxyRefusedCode } from './http/proxy.js';
import { bodyTooLargeCode } from './http/transport.js';
import type { Operation, OperationKind } from './request/operation.js';

/** Describes a failed call. */
export interface Failure {
  readonly operation: Operation;
  readonly method: string;
  readonly url: string;
  readonly status?: number;
  /** Genesys' `code`, OAuth's `error`, Node's error code, or one of `bodyFaultCodes`. */
  readonly code?: string;
  readonly message?: string;
  readonly correlationId?: string;
  readonly retryAfterMs?: number;
  /** False when an HTTP error came without Genesys' own JSON body, and therefore from something in between. */
  readonly isFromGenesys?: boolean;
  /** True when this process has ever received a response from that host. */
  readonly isReached?: boolean;
  /** True if no connection was established, so that nothing was sent. */
  readonly isUnconnected?: boolean;
  /** Host and port of the proxy between this machine and that host. */
  readonly proxy?: string;
  readonly cause?: unknown;
}

/** Codes for invalid bodies of responses with a success status. */
export const bodyFaultCodes = {
  truncated: 'BODY_TRUNCATED',
  html: 'BODY_HTML',
  empty: 'BODY_EMPTY',
  notAnObject: 'BODY_NOT_AN_OBJECT',
  notAToken: 'BODY_NOT_A_TOKEN',
} as const;

interface Rule {
  readonly status?: number;
  readonly code?: string | RegExp;
  readonly kind?: OperationKind;
  /** Only for errors for which the API has no code. */
  readonly message?: RegExp;
  readonly isFromGenesys?: boolean;
  readonly isReached?: boolean;
  readonly action: ErrorAction;
  /** True for refused credentials, which are refused for every call. */
  readonly isRefusal?: boolean;
  readonly advice?: (failure: Failure) => string;
}

const checkCredentials = (failure: Failure) =>
  failure.operation.isWriter
    ? 'Genesys Cloud does not accept the OAuth client for writing; check GENESYS_WAREHOUSE_WRITE_CLIENT_ID, GENESYS_WAREHOUSE_WRITE_CLIENT_SECRET and GENESYSCLOUD_REGION, or run "genesys-warehouse wrapup login" again.'
    : 'Genesys Cloud does not accept the OAuth client; check GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET and GENESYSCLOUD_REGION.';
const checkRegion = (failure: Failure) =>
  `The host ${hostOf(failure.url)} cannot be resolved (DNS); check GENESYSCLOUD_REGION or GENESYSCLOUD_API_URL.`;
const checkCertificate = (failure: Failure) =>
  `The certificate of ${hostOf(failure.url)} is not trusted; check GENESYSCLOUD_REGION or GENESYSCLOUD_API_URL, or name the certificate authority in NODE_EXTRA_CA_CERTS.`;
const checkAddress = (failure: Failure) =>
  `${hostOf(failure.url)} does not answer like Genesys Cloud; check GENESYSCLOUD_REGION or GENESYSCLOUD_API_URL.`;
const checkProxyAccess = ({ proxy }: Failure) =>
  `The proxy at ${proxy} does not let this program through; check the user and password in HTTPS_PROXY, let the proxy pass Genesys Cloud's hosts, or name them in NO_PROXY.`;
const checkProxy = ({ proxy }: Failure) =>
  `Requests go through the proxy at ${proxy}; check HTTPS_PROXY, or name Genesys Cloud's hosts in NO_PROXY.`;
const namePermission = (failure: Failure) => {
  const permissions = permissionsIn(failure.message);
  return permissions
    ? `The OAuth client lacks the permission ${permissions}; add it to a role of the client in Genesys Cloud (Admin, Roles / Permissions).`
    : 'The OAuth client may not read this; check the roles and divisions of the client in Genesys Cloud.';
};

/**
 * The first rule that matches applies. An error that matches none is `fail`: its report has
 * everything needed to add a rule.
 */
const rules: readonly Rule[] = [
  { code: proxyRefusedCode, action: 'fail', isRefusal: true, advice: checkProxyAccess },
  { code: proxyFailedCode, action: 'retry', advice: checkProxy },
  { kind: 'login', status: 400, action: 'fail', isRefusal: true, advice: checkCredentials },
  { kind: 'login', status: 401, action: 'fail', isRefusal: true, advice: checkCredentials },
  { kind: 'login', status: 403, action: 'fail', isRefusal: true, advice: checkCredentials },
  { kind: 'login', code: bodyFaultCodes.notAToken, action: 'fail', isRefusal: true, advice: checkAddress },
  { kind: 'login', status: 404, action: 'fail', isRefusal: true, advice: checkAddress },

  { code: 'too.many.requests', action: 'wait' },
  { code: 'too.many.requests.retry.after', action: 'wait' },
  { code: 'bad.credentials', action: 'login' },
  { code: 'authentication.required', action: 'login' },

  { status: 400, kind: 'query', message: /pagination may not exceed/i, action: 'split' },
  { status: 400, kind: 'query', message: /search interval\b.*\bdoes not exceed/i, action: 'split' },
  { status: 400, kind: 'query', message: /larger than result limit/i, action: 'split' },
  // A job's requests contain ids and cursors made by the API; if it refuses them, only a restart
  // helps.
  { status: 400, kind: 'job', action: 'restart' },
  { status: 404, kind: 'job', action: 'restart' },
  { status: 410, kind: 'job', action: 'restart' },
  { status: 400, action: 'fail' },
  { status: 401, action: 'login' },
  { status: 403, isFromGenesys: false, action: 'fail', advice: checkAddress },
  { status: 403, action: 'unavailable', advice: namePermission },
  { status: 404, isFromGenesys: false, action: 'fail', advice: checkAddress },
  { status: 404, action: 'fail' },
  { status: 408, action: 'retry' },
  { status: 409, action: 'retry' },
  { status: 413, kind: 'query', action: 'split' },
  { status: 413, action: 'fail' },
  { status: 425, action: 'retry' },
  { status: 429, action: 'wait' },
  { status: 501, action: 'fail' },
  { status: 504, kind: 'query', action: 'split' },

  { code: bodyTooLargeCode, kind: 'query', action: 'split' },
  { code: bodyTooLargeCode, action: 'fail' },
  { code: bodyFaultCodes.truncated, action: 'retry' },
  { code: bodyFaultCodes.html, action: 'retry', advice: checkAddress },
  { code: bodyFaultCodes.empty, action: 'retry' },
  { code: bodyFaultCodes.notAnObject, action: 'fail' },

  // A name that was resolved before will be resolved again: only the resolver has a fault.
  { code: 'ENOTFOUND', isReached: true, action: 'retry' },
  { code: 'ENOTFOUND', action: 'fail', advice: checkRegion },
  { code: /CERT|UNABLE_TO_VERIFY|^ERR_TLS/, action: 'fail', advice: checkCertificate },
  { code: /^E(CONN|PIPE|TIMEDOUT|HOST|NET)|^EAI_AGAIN|^UND_ERR_|^Z_|^HPE_|^ERR_SSL/, action: 'retry' },
];

const unclassified: Rule = { action: 'fail' };

/**
 * Builds an ApiError with its action and one sentence that names the operation, the response and
 * the remedy, if there is one.
 */
export function toApiError(failure: Failure, redactor: Redactor): ApiError {
  const rule = rules.find((candidate) => fits(candidate, failure)) ?? ruleForRange(failure.status) ?? unclassified;
  const isProxyFirst = failure.isUnconnected && failure.proxy !== undefined && rule.advice !== checkProxyAccess;
  const advice = isProxyFirst ? checkProxy(failure) : rule.advice?.(failure);
  const message = [headline(failure), advice].filter(Boolean).join(' ');
  const cause = failure.cause === undefined ? undefined : { cause: failure.cause };
  const outage = outageOf(rule, failure);
  return new ApiError(redactor.apply(message), { ...facts(failure, rule.action), ...(outage && { outage }) }, cause);
}

/** Returns the outage that an error indicates: without a connection or a login no request can succeed. */
function outageOf({ action, isRefusal }: Rule, { isUnconnected, operation }: Failure): ApiErrorFacts['outage'] {
  if (isRefusal) return 'refused';
  return isUnconnected || (operation.kind === 'login' && action === 'retry') ? 'away' : undefined;
}

/** Matches codes of responses that fail to arrive although the host is up. */
const cutCodes =
  /^UND_ERR_(SOCKET|BODY|HEADERS|RES)|^E(CONNRESET|PIPE)$|^ERR_STREAM|^Z_|^HPE_|^BODY_(TRUNCATED|HTML|EMPTY)$/;

/**
 * Converts the error of a query that failed in all attempts while other queries were answered: as
 * after a gateway's time-out, it is too large for one response and must be split. An error that
 * does not depend on the size is returned unchanged.
 */
export function asTooMuch(error: ApiError): ApiError {
  const { action, outage } = error.facts;
  if (outage !== undefined || action !== 'retry' || !isServerTrouble(error)) return error;
  const message = `${error.message} Other queries are answered, so this one is too large.`;
  return new ApiError(message, { ...error.facts, action: 'split' }, { cause: error });
}

/** Returns true where a server or gateway answered with a fault of its own, or cut its response off. */
function isServerTrouble({ facts: { status = 0, code = '' } }: ApiError): boolean {
  return status >= 500 || cutCodes.test(code);
}

/** Returns true for an error that every other call may meet as well, although there is a connection. */
export function mayConcernAll(error: ApiError): boolean {
  const { action, status, outage } = error.facts;
  const isTransient = action === 'retry' || status === 504;
  return outage === undefined && isTransient && isServerTrouble(error);
}

/** Converts the error of a call that failed in all attempts while no other call was answered either. */
export function asOutage(error: ApiError): ApiError {
  const message = `${error.message} No other request is answered either.`;
  return new ApiError(message, { ...error.facts, outage: 'away' }, { cause: error });
}

function fits(rule: Rule, failure: Failure): boolean {
  return (
    (rule.status === undefined || rule.status === failure.status) &&
    (rule.kind === undefined || rule.kind === failure.operation.kind) &&
    (rule.isFromGenesys === undefined || rule.isFromGenesys === failure.isFromGenesys) &&
    (rule.isReached === undefined || rule.isReached === failure.isReached) &&
    (rule.message === undefined || rule.message.test(failure.message ?? '')) &&
    codeFits(rule.code, failure.code)
  );
}

function codeFits(wanted: string | RegExp | undefined, code: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (code === undefined) return false;
  return typeof wanted === 'string' ? wanted === code : wanted.test(code);
}

function ruleForRange(status: number | undefined): Rule | undefined {
  if (status === undefined) return undefined;
  if (status >= 500) return { action: 'retry' };
  // The API never redirects; a captive portal or a wrong address does.
  return status >= 300 && status < 400 ? { action: 'fail', advice: checkAddress } : undefined;
}

function facts(failure: Failure, action: ErrorAction): ApiErrorFacts {
  const { status, code, correlationId, retryAfterMs } = failure;
  return {
    action,
    operation: failure.operation.name,
    method: failure.method,
    path: pathOf(failure.url),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(correlationId !== undefined && { correlationId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

const messageLengthMax = 400;

function headline(failure: Failure): string {
  const answer = [failure.status, failure.code].filter((part) => part !== undefined).join(' ');
  const said = failure.message?.replace(/\s+/g, ' ').trim().slice(0, messageLengthMax);
  const where = `${failure.method} ${pathOf(failure.url)}`;
  const id = failure.correlationId ? `, correlation id ${failure.correlationId}` : '';
  return `${failure.operation.name} failed with ${answer || 'no answer'}${said ? ` "${said}"` : ''} (${where}${id}).`;
}

// Query strings contain cursors of hundreds of characters and nothing helpful.
function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** Finds permissions, which have the form `domain:entity:action`. */
function permissionsIn(message: string | undefined): string {
  const found = message?.match(/\b[a-z][\w-]*:[\w*-]+:[\w*-]+/gi) ?? [];
  return [...new Set(found)].join(', ');
}
