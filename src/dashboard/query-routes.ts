import type { QueryResult } from '../model/mart-query.js';
import { Bound } from './bound.js';
import { csvResponse } from './csv-response.js';
import { RecentAnswers } from './recent-answers.js';
import { reportFrom } from './report-request.js';
import type { DashboardApp, DashboardOptions } from './types.js';
import { isUuid, RequestFault, valuesFrom } from './values.js';

const readingsMax = 40;
/** Each holds a connection for as long as its client takes. */
const filesMax = 2;

/** `/api/page`, `/api/query/NAME` and the same as a file, `/api/query/NAME.csv`. */
export function addQueryRoutes(app: DashboardApp, options: DashboardOptions): void {
  const { reader } = options;
  const answers = new RecentAnswers<QueryResult>(() => performance.now());
  const readings = new Bound(readingsMax);
  const files = new Bound(filesMax);
  app.get('/api/relations', async (context) => context.json([...(await reader.relations()).values()]));
  app.get('/api/:report{report(\\.csv)?}', async (context) => {
    const spec = reportFrom(new URL(context.req.url).searchParams, await reader.relations());
    if (context.req.param('report').endsWith('.csv'))
      return csvResponse(spec.relation, reader.streamReport(spec), files.enter());
    const key = JSON.stringify(spec);
    return context.json(await readings.during(() => answers.get(key, () => reader.report(spec))));
  });
  app.get('/api/conversations/:id/record', async (context) => {
    const id = context.req.param('id');
    if (!isUuid(id)) throw new RequestFault('This is not the id of a conversation.');
    const { isOwner, role } = await reader.access();
    if (!isOwner) return context.json({ error: `${role} may not see records.` }, 403);
    return context.json({ record: await readings.during(() => reader.record(id)) });
  });
  app.get('/api/page', async (context) => context.json(await pageFacts(options)));
  app.get('/api/query/:name', async (context) => {
    const { name, isFile } = nameOf(context.req.param('name'));
    const query = reader.queries.get(name);
    if (query === undefined) return context.json({ error: 'There is no query of this name.' }, 404);
    if (query.isPersonal && !(await reader.access()).isPersonal)
      return context.json({ error: 'This role may not see personal data.' }, 403);
    const values = valuesFrom(new URL(context.req.url).searchParams, query.parameters, reader.timeZone);
    if (isFile) return csvResponse(name, reader.stream(name, values), files.enter());
    const key = JSON.stringify([name, values]);
    return context.json(await readings.during(() => answers.get(key, () => reader.run(name, values))));
  });
}

function nameOf(given: string): { name: string; isFile: boolean } {
  const isFile = given.endsWith('.csv');
  return { name: isFile ? given.slice(0, -'.csv'.length) : given, isFile };
}

async function pageFacts({ reader, now, version, granularityMinutes, password }: DashboardOptions) {
  const at = now();
  return {
    version,
    now: at.toISOString(),
    nowLocal: localTime(at, reader.timeZone),
    timeZone: reader.timeZone,
    granularityMinutes,
    hasLogin: password !== undefined,
    access: await reader.access(),
  };
}

/** `2026-01-31T08:00:00` in the zone. */
function localTime(at: Date, timeZone: string): string {
  return at.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T');
}
