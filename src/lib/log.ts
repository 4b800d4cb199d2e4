import { type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { logContext } from './log-context.js';
import { printable, printableJson } from './printable.js';
import { type Clean, cleanValues, redactText } from './redact.js';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof logLevels)[number];

/**
 * Logger, created once in `main` and passed down; `log.child({ stream })` binds context. Errors go
 * under the key `error`.
 */
export type Log = Logger;

export interface LogOptions {
  readonly level: LogLevel | 'silent';
  /** Target of the lines; standard error by default. Never standard output, which carries data only. */
  readonly destination?: { write(line: string): unknown };
  /** True for one readable line per entry, false for one JSON object per line; by default true when standard error is a terminal. */
  readonly terminal?: boolean;
  /** Literal values that no line may contain, besides the patterns that `redactText` finds. */
  readonly secrets?: readonly string[];
}

const standardError = 2;
export function createLog(options: LogOptions): Log {
  const terminal = options.terminal ?? process.stderr.isTTY === true;
  const destination = options.destination ?? openStandardError();
  const pretty = terminal ? readable() : (line: string) => line;
  const secrets = options.secrets ?? [];
  const clean: Clean = (text, key) => {
    const redactedText = redactText(text, secrets);
    // On a terminal, names must not break lines; only a stack trace has lines of its own.
    return terminal ? printable(redactedText, { keepsLines: key === 'stack' }) : redactedText;
  };
  const write = (line: string) => destination.write(pretty(cleanLine(line, clean)));
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

/** Creates a log that discards everything, for library calls and tests. */
export function silentLog(): Log {
  return createLog({ level: 'silent', terminal: false });
}

/** Opens standard error and ignores its errors: a log that cannot be written (a closed terminal, a full disk) must not stop the work. */
function openStandardError() {
  const destination = pino.destination({ dest: standardError, sync: true });
  destination.on('error', () => {});
  return destination;
}

/**
 * Returns one JSON line without secrets. Only string values are changed: levels, times, numbers and
 * keys are never secret, and replacing parts of them would break the line.
 */
function cleanLine(line: string, clean: Clean): string {
  const { level, time, ...members } = JSON.parse(line) as Record<string, unknown>;
  const cleaned = cleanValues(members, clean) as Record<string, unknown>;
  return `${printableJson(JSON.stringify({ level, time, ...cleaned }))}\n`;
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
