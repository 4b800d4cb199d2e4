import { applyCodes, type CodesPlan, planCodes } from '../../wrapup/ensure-codes.js';
import { parseRules } from '../../wrapup/rules/rules.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { openWithApi } from '../app/open.js';
import { csvLine, table } from '../app/table.js';
import { readRules } from './planner.js';
import { openWriter } from './writer.js';

export interface EnsureCodesOptions {
  readonly apply: boolean;
  readonly format: string;
}

/** Prints which codes of the rules are missing, from Genesys or from queues; with `--apply` makes and attaches them. */
export async function wrapupEnsureCodesCommand(context: CommandContext, options: EnsureCodesOptions): Promise<number> {
  const opened = await openWithApi(context);
  try {
    const path = opened.config.wrapupRules;
    const rules = parseRules(await readRules(path), path);
    // Without --apply the credentials for reading are enough.
    const writer = options.apply ? await openWriter(context, opened) : undefined;
    try {
      const plan = await planCodes(writer?.api ?? opened.api, rules);
      context.print(rendered(plan, options.format));
      for (const rule of plan.rulesWithoutQueues)
        opened.log.warn(
          `Rule ${rule} names no queue and the file has no writeback list: its code is attached to no queue`,
        );
      const missing = { toCreate: plan.create.length, toAttach: plan.attach.length };
      if (writer === undefined) {
        opened.log.info(missing, 'Planned; run it with --apply to make and attach them');
        return exitDone;
      }
      const done = await applyCodes(writer.api, plan);
      opened.log.info({ ...done, actor: writer.actor }, 'Codes are in order; sync reads them into the warehouse');
      return exitDone;
    } finally {
      await writer?.api.close();
    }
  } finally {
    await opened.close();
  }
}

const titles = ['action', 'code', 'queue', 'rules'];

function rendered({ create, attach }: CodesPlan, format: string): string {
  const rows = [
    ...create.map(({ name, rules }) => ['create', name, null, rules.join('; ')]),
    ...attach.map(({ code, queueName }) => ['attach', code, queueName, null]),
  ];
  if (format === 'csv') return [titles, ...rows].map(csvLine).join('\n');
  if (format === 'json')
    return JSON.stringify(
      rows.map((row) => Object.fromEntries(titles.map((title, at) => [title, row[at]]))),
      null,
      2,
    );
  return table(titles, rows);
}
