import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { benchEnvironment, directory, startBenchDatabase, startBenchSandbox } from './bench-server.js';

const perDay = 10_000;
const at = new Date('2026-03-20T12:00:00Z');
const pollMs = 50;
const ratioMax = 1.2;
const megabytesMax = 300;

/** Peak resident memory of the real program that backfills 10,000 and 100,000 conversations. */
export async function benchMemory(): Promise<void> {
  const database = await startBenchDatabase();
  const sandbox = await startBenchSandbox(perDay, at);
  try {
    const small = await backfill(benchEnvironment(sandbox, await database.create()), '2026-03-10', '2026-03-11');
    const large = await backfill(benchEnvironment(sandbox, await database.create()), '2026-03-09', '2026-03-19');
    const ratio = large / small;
    process.stdout.write(
      [
        `peak resident memory, backfill of ${perDay} conversations:       ${small.toFixed(0)} MB`,
        `peak resident memory, backfill of ${perDay * 10} conversations:      ${large.toFixed(0)} MB (aim: below ${megabytesMax} MB)`,
        `ratio: ${ratio.toFixed(2)} (aim: at most ${ratioMax})`,
        '',
      ].join('\n'),
    );
    if (ratio > ratioMax || large > megabytesMax) process.exitCode = 1;
  } finally {
    sandbox.stop();
    await database.stop();
  }
}

/** Returns megabytes. The clock of the child is set to the sandbox's. */
async function backfill(environment: Record<string, string>, from: string, to: string): Promise<number> {
  const args = ['backfill', '--from', from, '--to', to, '--stream', 'conversation_history'];
  const child = spawn(process.execPath, ['test/support/program-at.mjs', at.toISOString(), ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  let peakKilobytes = 0;
  const timer = setInterval(() => {
    try {
      const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
      peakKilobytes = Math.max(peakKilobytes, Number(found?.[1] ?? 0));
    } catch {
      // The process has ended between two looks.
    }
  }, pollMs);
  const status = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  clearInterval(timer);
  if (status !== 0) throw new Error(`The backfill ended with status ${status}.`);
  return peakKilobytes / 1_024;
}
