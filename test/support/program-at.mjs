// Runs the built program in its own process with the clock frozen at the first argument, like a test's sandbox; or running from there:
// `2026-01-01T00:00:00Z*1440@1760000000000` is 1,440 times as fast since that instant of the machine's clock. A parent that listens gets
// figures of memory and handles.
import { getEventListeners } from 'node:events';
import { runProgram } from '../../dist/cli/program.js';
import { limitHeap } from '../../dist/lib/heap.js';

const reportMs = 2_000;

const [clock, ...args] = process.argv.slice(2);
const going = /^(.+)\*(\d+)@(\d+)$/.exec(clock);

function now() {
  if (going === null) return new Date(clock);
  const [, from, factor, startedMs] = going;
  // The sandbox shows records as of a real second: a clock in such steps never dates a request later than its answer.
  const stepMs = Number(factor) * 1_000;
  const atMs = Date.parse(from) + (Date.now() - Number(startedMs)) * Number(factor);
  return new Date(Math.floor(atMs / stepMs) * stepMs);
}

function reportToParent() {
  const warnings = [];
  process.on('warning', (warning) => warnings.push(`${warning.name}: ${warning.message}`));
  const report = () => {
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
    const resources = process.getActiveResourcesInfo();
    // Node warns of too many listeners only where nobody has lifted the limit; those of the process' one signal are counted.
    const listeners = getEventListeners(stopping.signal, 'abort').length;
    process.send({ rss, heapUsed, external, arrayBuffers, resources, listeners, warnings });
  };
  setInterval(report, reportMs).unref();
}

limitHeap();
const stopping = new AbortController();
if (process.send !== undefined) reportToParent();
process.on('SIGTERM', () => stopping.abort(new Error('SIGTERM')));
process.exitCode = await runProgram(args, {
  directory: process.cwd(),
  now,
  signal: stopping.signal,
  print: (text) => void process.stdout.write(`${text}\n`),
  isTerminal: false,
  // A second of the machine is half an hour here: what looks like a wrong clock is an answer on its way.
  ...(going !== null && { tickDelayMsMax: 0, clockToleranceMs: Number.POSITIVE_INFINITY }),
});
process.exit();
