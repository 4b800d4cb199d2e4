/** Checks that the page's role can read schema mart, as `run` and `dashboard` open it. */
import { UsageError } from '../../lib/errors.js';
import { openMartReader } from '../../postgres/dashboard/mart-reader.js';
import { errorFacts } from '../app/error-text.js';
import type { Opened } from '../app/open.js';
import { type Check, checksOf } from './check.js';

const { ok, warning, fault, skipped } = checksOf('page');

/** Returns no checks unless `run` serves the page or a role for it is named. */
export async function checkPage(
  { config, databaseUrl, log }: Pick<Opened, 'config' | 'databaseUrl' | 'log'>,
  isMigrated: boolean,
): Promise<Check[]> {
  const { isOn, role } = config.dashboard;
  if (!isOn && role === undefined) return [];
  if (!isMigrated) return [skipped('role', 'the database is empty; the first command creates the marts')];
  try {
    const reader = await openMartReader({ connectionString: databaseUrl, log, ...(role !== undefined && { role }) });
    const access = await reader.access().finally(() => reader.close());
    return [ok('role', `the page reads as ${access.role}, ${access.isPersonal ? 'with' : 'without'} personal data`)];
  } catch (error) {
    return [unreadable(error)];
  }
}

function unreadable(error: unknown): Check {
  const facts = errorFacts(error);
  const text = 'reason' in facts ? facts.reason : facts.error.message;
  const [problem = '', ...remedy] = text.split(/(?<=[a-z)]\.) (?=[A-Z])/);
  const make = error instanceof UsageError ? fault : warning;
  return make('role', problem, remedy.join(' ') || 'Correct GENESYS_WAREHOUSE_DASHBOARD_ROLE.');
}
