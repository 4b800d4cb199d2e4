/** An API that knows an organisation's size and counts: what it is asked for is the program's own doing. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Organisation {
  readonly queues: number;
  readonly agents: number;
}

export interface CountingApi {
  readonly url: string;
  /** Requests by what they asked for, e.g. `user_aggregates` or `GET /api/v2/users`. */
  readonly counts: Map<string, number>;
  stop(): Promise<void>;
}

type Json = Record<string, unknown>;

const idOf = (kind: string, number: number): string => {
  const digits = createHash('md5').update(`${kind}-${number}`).digest('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
const entities = (kind: string, count: number): Json[] =>
  Array.from({ length: count }, (_, index) => ({ id: idOf(kind, index), name: `${kind} ${index}`, state: 'active' }));

export async function startCountingApi({ queues, agents }: Organisation): Promise<CountingApi> {
  const counts = new Map<string, number>();
  const listed: Readonly<Record<string, readonly Json[]>> = {
    '/api/v2/users': entities('agent', agents),
    '/api/v2/routing/queues': entities('queue', queues),
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://stub');
    const body = JSON.parse((await textOf(request)) || '{}') as Json;
    const path = url.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID');
    const name = nameOf(request.method ?? '', path, body);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const answer = answerTo(path, url.searchParams, body, listed);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, counts, stop: () => closed(server) };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return request.headers['content-type']?.includes('json') ? text : '';
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => void server.close(() => resolve()));
}

/** The data set, where several share an address; else the address. */
function nameOf(method: string, path: string, body: Json): string {
  const groupBy = (body.groupBy ?? []) as string[];
  const has = (dimension: string) => groupBy.includes(dimension);
  switch (path) {
    case '/api/v2/analytics/conversations/aggregates/query':
      if (has('wrapUpCode')) return 'wrapup_aggregates';
      return has('userId') ? 'agent_aggregates' : 'queue_aggregates';
    case '/api/v2/analytics/flows/aggregates/query':
      return has('flowOutcomeId') ? 'flow_outcome_aggregates' : 'flow_aggregates';
    case '/api/v2/analytics/surveys/aggregates/query':
      return 'survey_aggregates';
    case '/api/v2/analytics/evaluations/aggregates/query':
      return 'evaluation_aggregates';
    case '/api/v2/analytics/users/aggregates/query':
      return 'user_aggregates';
    case '/api/v2/analytics/users/details/query':
      return 'user_details';
    default:
      return `${method} ${path}`;
  }
}

function answerTo(
  path: string,
  query: URLSearchParams,
  body: Json,
  listed: Readonly<Record<string, readonly Json[]>>,
): Json {
  if (path === '/oauth/token') return { access_token: 'token', token_type: 'bearer', expires_in: 86_400 };
  if (path.endsWith('/aggregates/query')) return { results: [] };
  if (path === '/api/v2/analytics/users/details/query') {
    const { pageSize, pageNumber } = body.paging as { readonly pageSize: number; readonly pageNumber: number };
    const users = listed['/api/v2/users'] ?? [];
    const page = users.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
    return { totalHits: users.length, ...(page.length > 0 && { userDetails: page.map(({ id }) => ({ userId: id })) }) };
  }
  return pageOf(listed[path] ?? [], Number(query.get('pageSize') ?? 25), Number(query.get('pageNumber') ?? 1));
}

function pageOf(all: readonly Json[], pageSize: number, pageNumber: number): Json {
  return {
    entities: all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
    pageSize,
    pageNumber,
    total: all.length,
    pageCount: Math.ceil(all.length / pageSize),
  };
}
