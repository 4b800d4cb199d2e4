import type { ConnectionFault } from './proxy.js';
import type { Random } from './random.js';

/** Share of the connections with a fault. */
const faultyShare = 0.1;
const dueShare = 0.25;
export const connectionFaultKinds = [
  'connection cut',
  'connection cut in COPY',
  'connection hung',
  'connection hung in COPY',
] as const;

/** Kinds that have not struck yet come first. */
export function drawConnectionFault(random: Random, due: ReadonlySet<string>): ConnectionFault | undefined {
  const missing = connectionFaultKinds.filter((name) => due.has(name));
  const isDue = missing.length > 0 && random.chance(dueShare);
  if (!isDue && !random.chance(faultyShare)) return undefined;
  const name = random.pick(isDue ? missing : connectionFaultKinds);
  const isInCopy = name.endsWith('COPY');
  const afterBytes = isInCopy ? random.logarithmic(10, 20_000) : random.logarithmic(100, 300_000);
  return { kind: name.includes('cut') ? 'cut' : 'hang', isInCopy, afterBytes };
}
