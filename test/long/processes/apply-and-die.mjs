// Runs the built writer in a process of its own and kills it with SIGKILL right before or after one of its steps.
import { createGenesysWriteApi } from '../../../dist/genesys/write-client.js';
import { silentLog } from '../../../dist/lib/log.js';
import { createPool } from '../../../dist/postgres/connection/pool.js';
import { createAssignmentStore } from '../../../dist/postgres/wrapup/sending.js';
import { applyAssignments } from '../../../dist/wrapup/writeback/apply.js';

const { url, databaseUrl, now, clientId, clientSecret, step, when, options } = JSON.parse(process.argv[2]);
const at = () => new Date(now);
const die = () => process.kill(process.pid, 'SIGKILL');
const never = new Promise(() => {});

function deadly(target) {
  if (!(step in target)) return target;
  const doStep = target[step];
  const fatal = async (...args) => {
    if (when === 'before') {
      die();
      return never;
    }
    await doStep(...args);
    die();
    return never;
  };
  return { ...target, [step]: fatal };
}

const pool = createPool({
  connectionString: databaseUrl,
  applicationName: 'dying',
  max: 4,
  statementTimeoutMs: 60_000,
});
const api = createGenesysWriteApi({
  credentials: { kind: 'client', clientId, clientSecret },
  apiUrl: url,
  requestsPerMinute: 1_000_000,
  userAgentVersion: 'test',
  waitMsMax: 60_000,
  timeoutMs: 5_000,
});
await applyAssignments(
  {
    api: deadly(api),
    store: deadly(createAssignmentStore(pool, { now: at, actor: 'test' })),
    now: at,
    sleep: async () => {},
    signal: new AbortController().signal,
    log: silentLog(),
  },
  options,
);
await api.close();
await pool.end();
