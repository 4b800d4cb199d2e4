import { openMartReader } from '../../src/postgres/dashboard/mart-reader.js';
import { startBenchDatabase } from './bench-server.js';
import { openFilled } from './views.js';

const msMax = 1_000;
const tries = 3;

/** A month of everything, the last day of it, and a set of forty agents: what somebody who plans asks for. */
const values: Readonly<Record<string, string | number | readonly string[]>> = {
  day: '2026-04-28',
  from: '2026-04-01',
  to: '2026-04-28',
  minutes: 30,
  grain: 'day',
  step: 'total',
  by: 'queue',
};

/** The queries of every page over one million conversations, each against one second. The folder is that of the bench views. */
export async function benchDashboard(): Promise<void> {
  const database = await startBenchDatabase(process.env.BENCH_VIEWS_FOLDER);
  try {
    const url = await openFilled(database);
    const reader = await openMartReader({ connectionString: url });
    const sample = await sampleIds(reader);
    const busiest = await busiestQueue(reader);
    for (const query of reader.queries.values()) {
      if (query.isPersonal) continue;
      const given: Record<string, string | number | readonly string[] | undefined> = Object.fromEntries(
        query.parameters
          .filter(({ isOptional, type }) => !isOptional && type !== 'zone')
          .map(({ name, type }) => [
            name,
            type === 'instant' ? `${values[name]}T00:00 UTC` : (sample[name] ?? values[name]),
          ]),
      );
      // The page asks these of one queue, and by interval of three days at most.
      if (query.name.startsWith('queue-') && query.parameters.some(({ name }) => name === 'queues'))
        Object.assign(given, { queues: [busiest] }, query.name === 'queue-intervals' && { from: '2026-04-26' });
      const times: number[] = [];
      for (let count = 0; count < tries; count += 1) {
        const started = performance.now();
        await reader.run(query.name, given);
        times.push(performance.now() - started);
      }
      const ms = Math.round(Math.min(...times));
      process.stdout.write(`${query.name.padEnd(28)}${String(ms).padStart(7)} ms${ms > msMax ? '   too slow' : ''}\n`);
    }
    await reader.close();
  } finally {
    await database.stop();
  }
}

async function sampleIds(reader: Awaited<ReturnType<typeof openMartReader>>): Promise<Record<string, string>> {
  const report = {
    relation: 'fct_agent_sessions',
    by: ['conversation_id', 'user_id'],
    measures: [],
    filters: [],
  } as const;
  const { rows } = await reader.report({ ...report, from: '2026-04-28', to: '2026-04-29' });
  const [conversation = '', user = ''] = rows.find(([, each]) => each !== null) ?? [];
  return { conversation: String(conversation), user: String(user) };
}

async function busiestQueue(reader: Awaited<ReturnType<typeof openMartReader>>): Promise<string> {
  const { rows } = await reader.run('queues', { from: '2026-04-28', to: '2026-04-28' });
  return String(rows[0]?.[0] ?? '');
}
