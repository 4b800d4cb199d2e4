import { type Config, type ConfigWithApi, type Environment, parseConfig } from '../../config/config.js';
import { UsageError } from '../../lib/errors.js';
import { version } from '../../lib/version.js';
import type { CommandContext } from '../app/command.js';
import { type ApiReport, checkApi } from './api.js';
import { type Check, checksOf, exitStatusOf } from './check.js';
import { checkDatabase } from './database.js';
import { checkDisk } from './disk.js';
import { checkLake } from './lake.js';
import { checkNode, checkPort, checkProxy } from './machine.js';
import { type Diagnosis, diagnosisText } from './report.js';
import { checkWriteClient } from './write-client.js';

const configuration = checksOf('configuration');

/** Checks everything that the other commands rely on, and reports what is lost where a check fails. Stores nothing. */
export async function doctorCommand(context: CommandContext, options: { readonly json: boolean }): Promise<number> {
  const diagnosis = await diagnose(context);
  context.print(options.json ? JSON.stringify(diagnosis, null, 2) : diagnosisText(diagnosis));
  return diagnosis.status;
}

/** Runs all checks. A check is skipped only if it needs something that another found missing. */
export async function diagnose(context: CommandContext): Promise<Diagnosis> {
  const { config, api, faults } = readConfig(context.environment);
  const checks = [
    checkNode(process.version),
    ...faults,
    ...(config === undefined ? [] : await checkMachine(context, config, api)),
    ...(config === undefined
      ? [checksOf('database').skipped('connection', 'the configuration has faults')]
      : await checkDatabase(context, config)),
    ...(config === undefined ? [] : await checkLake(context, config)),
  ];
  const answered = await checkAnswers(context, api);
  const all = [...checks, ...answered.checks];
  return {
    version,
    checkedAt: context.now().toISOString(),
    status: exitStatusOf(all, answered.access),
    checks: all,
    access: answered.access,
  };
}

async function checkMachine(context: CommandContext, config: Config, api?: ConfigWithApi): Promise<Check[]> {
  const isEmbedded = config.databaseUrl === undefined;
  return [await checkDisk(context.directory, isEmbedded), checkProxy(api?.api), await checkPort(config.service)];
}

async function checkAnswers(context: CommandContext, api: ConfigWithApi | undefined): Promise<ApiReport> {
  if (api !== undefined) {
    const report = await checkApi(context, api);
    return { ...report, checks: [...report.checks, ...(await checkWriteClient(context, api, report.organizationId))] };
  }
  return { checks: [checksOf('api').skipped('login', 'the OAuth client is not configured')], access: [] };
}

interface ReadConfig {
  /** Absent if the settings that every command needs are faulty. */
  readonly config?: Config;
  /** Also absent if the OAuth client or the region is missing. */
  readonly api?: ConfigWithApi;
  readonly faults: readonly Check[];
}

function readConfig(environment: Environment): ReadConfig {
  try {
    const api = parseConfig(environment, { api: true });
    return { config: api, api, faults: [configuration.ok('variables', 'complete')] };
  } catch (error) {
    const faults = faultsOf(error);
    try {
      return { config: parseConfig(environment, { api: false }), faults };
    } catch {
      return { faults };
    }
  }
}

/** Returns one check for each line of the message, which never contains a secret. */
function faultsOf(error: unknown): Check[] {
  if (!(error instanceof UsageError)) throw error;
  return error.message.split('\n').map((line) => {
    const [problem = '', ...remedy] = line.split('; ');
    return configuration.fault('variables', problem, remedy.length === 0 ? undefined : `${remedy.join('; ')}.`);
  });
}
