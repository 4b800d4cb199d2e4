import type { Log } from '../../lib/log.js';
import type { HeldSlices } from '../../model/extraction.js';
import { isOurApplication } from '../../postgres/connection/pool.js';

/** Returns sessions that hold due slices but do not belong to this program, and therefore will never pull them. */
export function strangersAmong(held: readonly HeldSlices[]): HeldSlices[] {
  return held.filter(({ application }) => !isOurApplication(application));
}

/** Logs how many due slices a run left to other sessions, and to which. */
export function reportHeldSlices(held: readonly HeldSlices[], log: Log): void {
  const strangers = strangersAmong(held);
  for (const { slices, holder, pid, since } of held.filter((each) => !strangers.includes(each))) {
    log.info(
      { slices, process: holder, session: pid, since: since.toISOString() },
      'Due slices left to another process',
    );
  }
  for (const each of strangers) log.error(strangerText(each));
}

function strangerText({ slices, pid, application, role, since }: HeldSlices): string {
  return (
    `${slices} due slices are held by session ${pid} (application "${application}", role ${role}, since ${since.toISOString()}), ` +
    `which is not a genesys-warehouse process. End it with select pg_terminate_backend(${pid}).`
  );
}
