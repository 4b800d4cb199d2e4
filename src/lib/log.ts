import { type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { logContext } from './log-context.js';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof logLevels)[number];

/** Made once in `main` and handed down; `log.child({ stream })` binds context. Errors go under the key `error`. */
export type Log = Logger;

export interface LogOptions {
  readonly level: LogLevel | 'silent';
  /** Where lines go; standard error unless told. Never standard output, which carries data only. */
  readonly destination?: { write(line: string): unknown };
  /** For people (one readable line) or for machines (one JSON object a line); found out from standard error unless told. */
  readonly terminal?: boolean;
  /** Literal values that no line may contain, beyond what `redact` knows by its look. */
  readonly secrets?: readonly string[];
}

const standardError = 2;
const replacement = '[redacted]';
// Keys are cut at a length so that a hostile line cannot make the search slow.
const secretMember = /("[\w.$-]{0,64}(?:secret|token|authorization|password)[\w.$-]{0,64}"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;
const urlPassword = /(\bpostgres(?:ql)?:\/\/[^\s:/@"]*:)[^\s"]*(?=@)/gi;
const passwordParameter = /\b((?:password|client_secret|access_token)=)[^\s&"']+/gi;
const bearer = /\b((?:bearer|basic)\s+)[\w.~+/=-]{8,}/gi;

export function createLog(options: LogOptions): Log {
  const terminal = options.terminal ?? process.stderr.isTTY === true;
  const destination = options.destination ?? pino.destination({ dest: standardError, sync: true });
  const pretty = terminal ? readable() : (line: string) => line;
  const secrets = (options.secrets ?? []).filter((secret) => secret !== '');
  const write = (line: string) => destination.write(pretty(redact(line, secrets)));
  return pino(
    {
      level: options.level,
      base: null,
      errorKey: 'error',
      serializers: { error: stdSerializers.errWithCause },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ ...logContext() }),
    },
    { write },
  );
}

/** For library calls and tests that have nobody to tell. */
export function silentLog(): Log {
  return createLog({ level: 'silent', terminal: false });
}

/**
 * The text without what looks like a secret: members named like one in JSON, passwords in Postgres URLs and in
 * parameters, bearer and basic credentials; and without the given literals.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  const byLook = text
    .replace(secretMember, `$1"${replacement}"`)
    .replace(urlPassword, `$1${replacement}`)
    .replace(passwordParameter, `$1${replacement}`)
    .replace(bearer, `$1${replacement}`);
  return secrets.reduce((cleaned, secret) => {
    // Inside a JSON line a secret with a quote or backslash stands in its escaped form.
    const escaped = JSON.stringify(secret).slice(1, -1);
    return cleaned.replaceAll(escaped, replacement).replaceAll(secret, replacement);
  }, byLook);
}

function readable(): (line: string) => string {
  const prettify = prettyFactory({
    colorize: process.stderr.isTTY === true && process.stderr.hasColors(),
    errorLikeObjectKeys: ['error'],
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
  });
  return (line) => prettify(line) ?? line;
}
