import { prepareDatabase } from '../../postgres/migrate.js';
import { readDirectory } from '../../postgres/wrapup/directory.js';
import { checkRules } from '../../wrapup/rules/check.js';
import { faultsError, parseRules } from '../../wrapup/rules/rules.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { viewSettings } from '../app/open.js';
import { withWarehouse } from '../app/with-open.js';
import { readRules } from './planner.js';

/**
 * Validates the rules file against its schema and the directory in the warehouse. Reports all
 * faults with line and column; then the exit status is 2.
 */
export async function wrapupCheckCommand(context: CommandContext): Promise<number> {
  return withWarehouse(context, async (opened) => {
    const path = opened.config.wrapupRules;
    const rules = parseRules(await readRules(path), path);
    await prepareDatabase(opened.pool, viewSettings(opened.config), opened.log);
    const { faults, warnings } = checkRules(rules, await readDirectory(opened.pool));
    for (const { at, message } of warnings) opened.log.warn(`${at} ${message}`);
    if (faults.length > 0) throw faultsError(faults);
    opened.log.info({ rules: rules.rules.length, warnings: warnings.length }, `${path} is valid`);
    return exitDone;
  });
}
