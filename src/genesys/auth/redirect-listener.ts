import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { UsageError } from '../../lib/errors.js';
import { secondMs } from '../../lib/interval.js';
import { isLoopbackHost } from '../../lib/loopback.js';

export interface RedirectListener {
  /**
   * The code, once a browser returns with the right `state`. Rejects with UsageError when the login
   * was refused or timed out.
   */
  readonly code: Promise<string>;
  close(): Promise<void>;
}

export interface RedirectOptions {
  /** Redirect URI registered with the OAuth client, e.g. `http://127.0.0.1:8486/callback`. */
  readonly redirectUri: string;
  readonly state: string;
  readonly waitMsMax: number;
  readonly signal: AbortSignal;
}

const descriptionLengthMax = 300;

/** Checks that the redirect can only reach this machine, because it carries a code that logs a user in. */
export function parseRedirectUri(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The listener has an IPv4 address only.
  const isLoopback = url !== undefined && isLoopbackHost(url.hostname) && url.hostname !== '[::1]';
  if (url?.protocol === 'http:' && isLoopback && url.port !== '' && url.search === '' && url.hash === '') return url;
  throw new UsageError(
    `--redirect-uri ${text} is not an address of this machine; use one such as http://127.0.0.1:8486/callback, as it is registered with the OAuth client.`,
  );
}

/** Listens on 127.0.0.1 only, for one redirect, and at most for `waitMsMax`. */
export async function listenForRedirect(options: RedirectOptions): Promise<RedirectListener> {
  const target = parseRedirectUri(options.redirectUri);
  let settle: { resolve(code: string): void; reject(error: Error): void } | undefined;
  const code = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // The caller who awaits the code gets the error; until then it must not count as unhandled.
  code.catch(() => {});
  const server = createServer((request, response) => {
    const answer = answerOf(request, target, options.state);
    send(response, answer);
    if (answer.code !== undefined) settle?.resolve(answer.code);
    else if (answer.refusal !== undefined) settle?.reject(new UsageError(answer.refusal));
  });
  await listen(server, Number(target.port));
  const timer = setTimeout(() => {
    const seconds = Math.round(options.waitMsMax / secondMs);
    settle?.reject(new UsageError(`Nobody logged in within ${seconds} s; run "genesys-warehouse wrapup login" again.`));
  }, options.waitMsMax);
  const stop = () => settle?.reject(options.signal.reason);
  if (options.signal.aborted) stop();
  options.signal.addEventListener('abort', stop, { once: true });
  const close = async () => {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', stop);
    await closed(server);
  };
  return { code, close };
}

interface RedirectAnswer {
  readonly status: number;
  readonly text: string;
  readonly code?: string;
  readonly refusal?: string;
}

/** Handles a request. One without the right state comes from somebody else: it is refused, and listening continues. */
function answerOf(request: IncomingMessage, target: URL, state: string): RedirectAnswer {
  // Any process on this machine can send anything here, including an invalid address.
  const address = request.url ?? '/';
  if (!URL.canParse(address, target.href)) return { status: 400, text: 'The address cannot be read.' };
  const url = new URL(address, target);
  if (request.method !== 'GET' || url.pathname !== target.pathname) return { status: 404, text: 'Not found.' };
  if (!isSame(url.searchParams.get('state') ?? '', state))
    return { status: 400, text: 'This response belongs to no login that was started here.' };
  const code = url.searchParams.get('code');
  if (code !== null && code !== '') return { status: 200, text: 'You are logged in. This window can be closed.', code };
  const error = url.searchParams.get('error') ?? 'no code';
  const description = url.searchParams.get('error_description') ?? '';
  const said = [error, description]
    .join(' ')
    .replace(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, descriptionLengthMax);
  const refusal = `Genesys Cloud refused the login: ${said}.`;
  return { status: 400, text: 'The login was refused; the program shows the reason.', refusal };
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function send(response: ServerResponse, { status, text }: RedirectAnswer): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  response.end(`${text}\n`);
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new UsageError(
              `Port ${port} is in use; free it, or register another redirect and name it with --redirect-uri.`,
            )
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
