import { Hono } from 'hono';
import { asError } from '../lib/errors.js';
import type { Log } from '../lib/log.js';
import { MartTimeoutError, MartUnavailableError } from '../model/mart-query.js';
import { type Asset, assetResponse, readAssets } from './assets.js';
import { BusyError } from './bound.js';
import { securityHeaders } from './guards.js';
import { addLoginRoutes } from './login-routes.js';
import { addQueryRoutes } from './query-routes.js';
import type { Dashboard, DashboardApp, DashboardOptions } from './types.js';
import { RequestFault } from './values.js';

/** Pages of the address bar; each is the same document, which reads the rest of the address itself. */
const pages = [
  '/',
  '/queues',
  '/queues/:id',
  '/agents',
  '/agents/:id',
  '/wrapup',
  '/conversations',
  '/conversations/:id',
  '/trust',
  '/report',
];

/** The web page over schema mart as one handler. Everything it can answer is a file of the build or a query with a name. */
export async function createDashboard(options: DashboardOptions): Promise<Dashboard> {
  const assets = await readAssets();
  const app: DashboardApp = new Hono();
  app.use(securityHeaders);
  app.onError((error, context) => {
    const { status, text } = faultOf(error, options.log);
    return context.json({ error: text }, status);
  });
  app.notFound((context) => context.text('Not found.\n', 404));
  addLoginRoutes(app, options);
  addQueryRoutes(app, options);
  addFiles(app, assets);
  return { fetch: (request, peer) => app.fetch(request, peer) };
}

function addFiles(app: DashboardApp, assets: ReadonlyMap<string, Asset>): void {
  const document = assets.get('/index.html');
  for (const path of pages) {
    app.get(path, ({ req, notFound }) =>
      document === undefined ? notFound() : assetResponse(document, req.header('accept-encoding') ?? ''),
    );
  }
  app.get('*', ({ req, notFound }) => {
    const asset = assets.get(req.path);
    return asset === undefined ? notFound() : assetResponse(asset, req.header('accept-encoding') ?? '');
  });
}

function faultOf(error: unknown, log: Log): { status: 400 | 500 | 503; text: string } {
  if (error instanceof RequestFault) return { status: 400, text: error.message };
  if (error instanceof BusyError || error instanceof MartTimeoutError) return { status: 503, text: error.message };
  if (error instanceof MartUnavailableError) {
    log.warn({ error }, 'The page cannot read the marts');
    return { status: 503, text: error.message };
  }
  log.error({ error: asError(error) }, 'The page failed');
  return { status: 500, text: 'The request failed. The log of genesys-warehouse says why.' };
}
