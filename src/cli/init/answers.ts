/** Collects the settings for `init` from options, or by asking the person at the terminal. */
import { readFile } from 'node:fs/promises';
import { parseConfig } from '../../config/config.js';
import { UsageError } from '../../lib/errors.js';
import type { CommandContext } from '../app/command.js';

export interface InitOptions {
  readonly region?: string;
  readonly apiUrl?: string;
  readonly clientId?: string;
  /** Path of a file, or `-` for standard input. */
  readonly clientSecretFile?: string;
  readonly databaseUrl?: string;
  readonly timeZone?: string;
  readonly start?: string;
  readonly granularity?: string;
}

interface Question {
  readonly name: string;
  readonly flag: string;
  readonly text: string;
  readonly given: string | undefined;
  readonly isHidden?: boolean;
  /** Default when nothing is entered; an empty one omits the variable. Without a default an answer is required. */
  readonly otherwise?: string;
}

const attemptsMax = 3;

/** Returns the values by variable name. Without a terminal it throws a UsageError that lists the missing ones. */
export async function collectAnswers(context: CommandContext, options: InitOptions): Promise<Record<string, string>> {
  const secret = await readSecret(context, options.clientSecretFile);
  const questions = questionsOf(options, secret);
  if (context.ask === undefined) refuseMissing(questions);
  const answers: Record<string, string> = {};
  for (const question of questions) {
    const value = question.given ?? (await askFor(question, context));
    if (value !== '') answers[question.name] = value;
  }
  return { ...answers, ...plainOptions(options) };
}

function questionsOf(options: InitOptions, secret: string | undefined): readonly Question[] {
  const server: Question =
    options.apiUrl === undefined
      ? {
          name: 'GENESYSCLOUD_REGION',
          flag: '--region',
          text: 'Region of the organisation, such as eu-central-1 or mypurecloud.de: ',
          given: options.region,
        }
      : { name: 'GENESYSCLOUD_API_URL', flag: '--api-url', text: '', given: options.apiUrl };
  return [
    server,
    {
      name: 'GENESYSCLOUD_OAUTHCLIENT_ID',
      flag: '--client-id',
      text: 'Id of the OAuth client (Admin, OAuth; grant type Client Credentials): ',
      given: options.clientId,
    },
    {
      name: 'GENESYSCLOUD_OAUTHCLIENT_SECRET',
      flag: '--client-secret-file',
      text: 'Its secret (not shown): ',
      given: secret,
      isHidden: true,
    },
    {
      name: 'DATABASE_URL',
      flag: '--database-url',
      text: 'Database, postgres://user:password@host:5432/database (empty: an embedded one, to try out): ',
      given: options.databaseUrl,
      otherwise: '',
    },
    timeZoneQuestion(options.timeZone),
  ];
}

function timeZoneQuestion(given: string | undefined): Question {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  return {
    name: 'GENESYS_WAREHOUSE_TIME_ZONE',
    flag: '--time-zone',
    text: `Time zone of reports (empty: ${here}): `,
    given,
    otherwise: here,
  };
}

function plainOptions({ start, granularity }: InitOptions): Record<string, string> {
  return {
    ...(start !== undefined && { GENESYS_WAREHOUSE_START: start }),
    ...(granularity !== undefined && { GENESYS_WAREHOUSE_GRANULARITY: granularity }),
  };
}

async function readSecret(context: CommandContext, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    const text = file === '-' ? ((await context.readInput?.()) ?? '') : await readFile(file, 'utf8');
    if (text.trim() !== '') return text.trim();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--client-secret-file cannot be read (${(error as Error).message}). Correct its path.`);
  }
  throw new UsageError('--client-secret-file holds no secret. Write it there, or pass it by standard input with -.');
}

function refuseMissing(questions: readonly Question[]): void {
  const missing = questions.filter(({ given, otherwise }) => given === undefined && otherwise === undefined);
  if (missing.length === 0) return;
  throw new UsageError(
    missing
      .map(({ name, flag }) => `${flag} is missing (${name}). Without a terminal it cannot be asked for.`)
      .join('\n'),
  );
}

async function askFor(question: Question, context: CommandContext): Promise<string> {
  const { ask, signal } = context;
  if (ask === undefined) return question.otherwise ?? '';
  const { name, text, isHidden = false, otherwise } = question;
  let prompt = text;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const value = (await ask(prompt, { isHidden, signal })) || otherwise;
    const fault = value === undefined ? `${name} is needed` : faultOf(name, value);
    if (fault === undefined && value !== undefined) return value;
    prompt = `${fault}.\n${text}`;
  }
  throw new UsageError(`${name} was not understood ${attemptsMax} times. Nothing was written.`);
}

/** Returns what is wrong with one value, as the configuration reports it. */
function faultOf(name: string, value: string): string | undefined {
  try {
    parseConfig({ [name]: value }, { api: false });
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}
