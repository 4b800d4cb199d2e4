import { applyCodes, type CodesPlan, planCodes } from '../../wrapup/ensure-codes.js';
import { parseRules } from '../../wrapup/rules/rules.js';
import { type CommandContext, exitDone } from '../app/command.js';
import { settleOrganization } from '../app/organization.js';
import { type RowColumn, type RowFormat, renderRows } from '../app/table.js';
import { withApi } from '../app/with-open.js';
import { readRules } from './planner.js';
import { openCheckedWriter } from './writer.js';

export interface EnsureCodesOptions {
  readonly apply: boolean;
  readonly format: RowFormat;
}

/** Prints which codes of the rules are missing in Genesys or on queues; with `--apply` creates and assigns them. */
export async function wrapupEnsureCodesCommand(context: CommandContext, options: EnsureCodesOptions): Promise<number> {
  return withApi(context, async (opened) => {
    const path = opened.config.wrapupRules;
    const rules = parseRules(await readRules(path), path);
    // Without --apply the credentials for reading are enough.
    if (!options.apply) await settleOrganization(opened);
    const writer = options.apply ? await openCheckedWriter(context, opened) : undefined;
    try {
      const plan = await planCodes(writer?.api ?? opened.api, rules);
      context.print(renderRows(options.format, columns, rowsOf(plan)));
      for (const rule of plan.rulesWithoutQueues)
        opened.log.warn(
          `Rule ${rule} names no queue and the file has no writeback list: its code is attached to no queue`,
        );
      const missing = { toCreate: plan.create.length, toAttach: plan.attach.length };
      if (writer === undefined) {
        opened.log.info(missing, 'Planned; run with --apply to create and assign them');
        return exitDone;
      }
      const done = await applyCodes(writer.api, plan);
      opened.log.info(
        { ...done, actor: writer.actor },
        'Codes are complete; the next sync pulls them into the warehouse',
      );
      return exitDone;
    } finally {
      await writer?.api.close();
    }
  });
}

interface MissingRow {
  readonly action: 'create' | 'attach';
  readonly code: string;
  readonly queue: string | null;
  readonly rules: string | null;
}

const columns: readonly RowColumn<MissingRow>[] = [
  { name: 'action', of: (row) => row.action },
  { name: 'code', of: (row) => row.code },
  { name: 'queue', of: (row) => row.queue },
  { name: 'rules', of: (row) => row.rules },
];

function rowsOf({ create, attach }: CodesPlan): MissingRow[] {
  return [
    ...create.map(
      ({ name, rules }) => ({ action: 'create', code: name, queue: null, rules: rules.join('; ') }) as const,
    ),
    ...attach.map(({ code, queueName }) => ({ action: 'attach', code, queue: queueName, rules: null }) as const),
  ];
}
