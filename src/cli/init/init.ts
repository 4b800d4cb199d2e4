import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../config/config.js';
import type { CommandContext } from '../app/command.js';
import { callOf, exitDone } from '../app/command.js';
import { diagnose } from '../doctor/doctor.js';
import { diagnosisText } from '../doctor/report.js';
import { collectAnswers, type InitOptions } from './answers.js';
import { existing, fillExample, readExample, writeEnvFile } from './env-file.js';

export interface InitCommandOptions extends InitOptions {
  readonly force: boolean;
  /** False with `--no-check`. */
  readonly check: boolean;
}

/** Writes a first `.env` from options or answers, tests the settings, and prints the next command. */
export async function initCommand(context: CommandContext, options: InitCommandOptions): Promise<number> {
  const path = join(context.directory, '.env');
  if (!options.force && existsSync(path)) throw existing(path);
  const values = await collectAnswers(context, options);
  // All faults at once, before anything is written.
  parseConfig(values, { api: true });
  await writeEnvFile(path, fillExample(readExample(), values), options.force);
  const written = [`${path} is written, readable only by you.`, ...overruled(context, values, options.force)];
  context.print(written.join('\n'));
  if (!options.check) {
    context.print(`\nNext: ${callOf(context)} doctor`);
    return exitDone;
  }
  const diagnosis = await diagnose({ ...context, environment: { ...context.environment, ...values } });
  context.print(`\n${diagnosisText(diagnosis)}`);
  const next = diagnosis.status === 2 ? `correct ${path}, then ${callOf(context)} doctor` : nextCommand(context);
  context.print(`\nNext: ${next}`);
  return diagnosis.status;
}

function nextCommand(context: CommandContext): string {
  const call = callOf(context);
  if (call.startsWith('docker compose')) return 'docker compose up --detach';
  return `${call} run (the scheduler), or ${call} sync (once)`;
}

/**
 * Returns variables of the process that take precedence over the written ones. With an old `.env`
 * they cannot be distinguished from its own.
 */
function overruled(context: CommandContext, values: Readonly<Record<string, string>>, isForced: boolean): string[] {
  if (isForced) return [];
  return Object.entries(values)
    .filter(([name, value]) => (context.environment[name] ?? value) !== value)
    .map(([name]) => `${name} is also set in the environment, which takes precedence over .env.`);
}
