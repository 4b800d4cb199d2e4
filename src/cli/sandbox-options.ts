import { type Command, InvalidArgumentError, Option } from 'commander';
import { isTimeZone, parseStart, parseTimestamp, type Start } from '../config/parse-time.js';
import { dayMs, hourMs, minuteMs, secondMs } from '../lib/interval.js';
import { defaults, faultNames, limits, type NumberSetting, type SandboxSettings } from '../sandbox/index.js';

/** Holds the validated command-line options; the sandbox has defaults for those that are absent. */
export type SandboxFlags = Omit<SandboxSettings, 'host' | 'clock' | 'dataFrom' | 'replayDirectory' | 'faults'> & {
  readonly clock?: Date;
  readonly accelerate?: number;
  readonly dataFrom?: Start;
  readonly replay?: string;
  readonly faults?: unknown;
};

export const portDefault = 8_765;
const megabyte = 1_024 * 1_024;
const units: Readonly<Record<string, number>> = { ms: 1, s: secondMs, m: minuteMs, h: hourMs, d: dayMs };

/** Stores the option under the name of the sandbox's own setting, which includes the unit; the flag does not. */
class SettingOption extends Option {
  readonly #setting: NumberSetting;

  constructor(flags: string, description: string, setting: NumberSetting, parse: (value: string) => number) {
    super(flags, description);
    this.#setting = setting;
    this.argParser(parse);
  }

  override attributeName(): string {
    return this.#setting;
  }
}

/** Adds every option of the simulated API, in the groups that `--help` shows. */
export function addSandboxOptions(command: Command): Command {
  command.optionsGroup('Organisation:');
  integerOption(command, '--seed <n>', 'seed', 'the same seed gives the same organisation');
  integerOption(command, '--agents <n>', 'agents', 'how many work there');
  integerOption(command, '--conversations-per-day <n>', 'conversationsPerDay', 'on an average weekday');
  command
    .option('--time-zone <zone>', withDefault('time zone of the simulated organization', defaults.timeZone), timeZone)
    .option('--data-from <time>', 'first day of data, or an age such as 30d (default: 90d)', start)
    .option('--replay <folder>', 'serve recorded answers instead of the simulation');
  command
    .optionsGroup('Time:')
    .option('--clock <time>', 'freeze the clock at this instant (default: the real time)', instant)
    .option('--accelerate <factor>', 'speed up time by this factor, from --clock or from now', factor);
  addApiOptions(command.optionsGroup('The API:'));
  integerOption(command.optionsGroup('Server:'), '--port <n>', 'port', 'on 127.0.0.1; 0 takes a free one', portDefault);
  command
    .option('--no-gzip', 'never compress answers')
    .addOption(
      new SettingOption(
        '--cache-megabytes <n>',
        withDefault('memory for prepared records', String(defaults.cacheBytesMax / megabyte)),
        'cacheBytesMax',
        (value) => numberIn(value, bounds('cacheBytesMax', megabyte)) * megabyte,
      ),
    );
  integerOption(command, '--request-log <n>', 'requestLogMax', 'requests remembered');
  return command.addHelpText('after', `\nFaults, each with a rate from 0 to 1:\n${wrapped(faultNames)}`);
}

function addApiOptions(command: Command): void {
  command
    .option('--client-id <id>', withDefault('OAuth client id', defaults.clientId), text)
    .option('--client-secret <secret>', withDefault('OAuth client secret', defaults.clientSecret), text)
    .option(
      '--requests-per-minute <n>',
      withDefault('of one OAuth client, or unlimited', String(defaults.requestsPerMinute)),
      requestsPerMinute,
    );
  durationOption(command, '--rate-window <time>', 'rateWindowMs', 'length of the rate-limit window');
  durationOption(command, '--token-lifetime <time>', 'tokenLifetimeSeconds', 'how long a login lasts', secondMs);
  durationOption(command, '--availability-lag <time>', 'availabilityLagMs', 'lag of details jobs behind real time');
  durationOption(
    command,
    '--job-duration <time>',
    'jobDurationMs',
    'how long a job takes (default: no time when the clock is frozen)',
  );
  durationOption(command, '--job-expiry <time>', 'jobExpiryMs', 'how long results are kept');
  integerOption(command, '--jobs-concurrent <n>', 'jobsConcurrentMax', 'jobs that may run at once');
  integerOption(
    command,
    '--details-hits <n>',
    'detailsHitsMax',
    'conversations that one details query may page through',
  );
  integerOption(command, '--aggregate-rows <n>', 'aggregateRowsMax', 'that one aggregates answer may have');
  command
    .addOption(
      new Option('--late-wrapups <rule>', 'codes written after the conversation ended (default: refused)').choices([
        'refused',
        'accepted',
      ]),
    )
    .addOption(
      new Option('--wrapup-writers <who>', 'whose tokens may write wrap-up codes (default: anyone)').choices([
        'anyone',
        'users',
      ]),
    )
    .option('--faults <json>', 'inject faults, e.g. {"http5xx":{"rate":0.01,"body":"html"}}', json);
}

const lineWidth = 78;

function wrapped(words: readonly string[]): string {
  const lines = [''];
  for (const word of words) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length + 1 > lineWidth) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line === '' ? `  ${word}` : `${line} ${word}`;
  }
  return lines.join('\n');
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Returns the bounds in the option's unit; `unit` is its size in the setting's unit. */
function bounds(setting: NumberSetting, unit = 1): Bounds {
  const [min, max] = limits[setting];
  return { min: Math.ceil(min / unit), max: Math.floor(max / unit) };
}

function withDefault(description: string, standard: string): string {
  return `${description} (default: ${standard})`;
}

function integerOption(command: Command, flags: string, setting: NumberSetting, what: string, standard?: number): void {
  const { min, max } = bounds(setting);
  const range = max === Number.MAX_SAFE_INTEGER ? '' : `, ${min} to ${max}`;
  const description = withDefault(`${what}${range}`, String(standard ?? defaults[setting]));
  command.addOption(new SettingOption(flags, description, setting, (value) => numberIn(value, { min, max })));
}

function numberIn(value: string, { min, max }: Bounds): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) throw new InvalidArgumentError(`Use a whole number from ${min} to ${max}.`);
  return number;
}

/** Adds an option for a duration; `unitMs` is the setting's unit. */
function durationOption(command: Command, flags: string, setting: NumberSetting, what: string, unitMs = 1): void {
  const [min, max] = limits[setting];
  const parse = (value: string): number => {
    const parts = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(value);
    const amount = parts === null ? Number.NaN : (Number(parts[1]) * (units[parts[2] ?? ''] ?? 0)) / unitMs;
    if (amount >= min && amount <= max && Number.isInteger(amount)) return amount;
    const range = `from ${formatDuration(min * unitMs)} to ${formatDuration(max * unitMs)}`;
    throw new InvalidArgumentError(`Use a length of time such as 90s, 15m or 8h, ${range}.`);
  };
  const standard = formatDuration(Number(defaults[setting]) * unitMs);
  command.addOption(new SettingOption(flags, withDefault(what, standard), setting, parse));
}

/** Formats a duration in the largest unit that leaves no fraction. */
function formatDuration(ms: number): string {
  const [unit, length] = Object.entries(units).findLast(([, one]) => ms >= one && ms % one === 0) ?? ['s', secondMs];
  return `${ms / length}${unit}`;
}

function requestsPerMinute(value: string): number | 'unlimited' {
  if (value === 'unlimited') return value;
  try {
    return numberIn(value, bounds('requestsPerMinute'));
  } catch {
    throw new InvalidArgumentError(`Use a whole number from 1 to ${limits.requestsPerMinute[1]}, or unlimited.`);
  }
}

function timeZone(value: string): string {
  if (!isTimeZone(value)) throw new InvalidArgumentError('Use an IANA name such as Europe/Berlin.');
  return value;
}

function instant(value: string): Date {
  const at = parseTimestamp(value);
  if (at === undefined) throw new InvalidArgumentError('Use a day or an instant such as 2026-01-31T08:00:00Z.');
  return at;
}

function start(value: string): Start {
  const found = parseStart(value);
  if (found === undefined) throw new InvalidArgumentError('Use a day such as 2026-01-01 or a duration such as 30d.');
  return found;
}

const factorMax = 1_000_000;

function factor(value: string): number {
  const number = /^\d{1,7}(\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN;
  if (!(number > 0 && number <= factorMax))
    throw new InvalidArgumentError(`Use a number above 0 and up to ${factorMax}, such as 60 for a minute a second.`);
  return number;
}

function text(value: string): string {
  if (value === '' || value.includes(':')) throw new InvalidArgumentError('Use a non-empty text without a colon.');
  return value;
}

function json(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw new InvalidArgumentError('It is not valid JSON; use e.g. {"truncatedJson":0.01}.');
  }
}
