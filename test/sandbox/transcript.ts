import platformClient from 'purecloud-platform-client-v2';
import { request } from 'undici';
import type { Known, Row } from './endpoints.js';
import { type Address, call, loggedIn } from './sdk-driver.js';

/** A request and every byte of its response. */
export interface Line {
  readonly asked: string;
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

interface SdkRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly params?: Record<string, unknown>;
  readonly data?: unknown;
}

/** Headers that depend on the machine's clock, by which a client really waits. */
const machineTime = { 'inin-ratelimit-count': 'of this minute', 'inin-ratelimit-reset': 'in real seconds' };

/** Carries the SDK's requests and writes down the answers; the SDK's own client would have parsed them away. */
class RecordingHttp extends (platformClient as unknown as { AbstractHttpClient: new () => object }).AbstractHttpClient {
  readonly lines: Line[] = [];
  readonly #port: number;

  constructor(port: number) {
    super();
    this.#port = port;
  }

  enableHooks(): void {}

  async request({ url, method, headers, params = {}, data }: SdkRequest): Promise<unknown> {
    const target = new URL(url);
    for (const [name, value] of Object.entries(params))
      if (value !== undefined) target.searchParams.set(name, String(value));
    const body = data === undefined ? undefined : typeof data === 'string' ? data : JSON.stringify(data);
    const response = await request(target, { method: method as 'GET', headers, ...(body && { body }) });
    const text = await response.body.text();
    this.lines.push({
      asked: `${method} ${target.pathname}${target.search} ${body ?? ''}`,
      status: response.statusCode,
      headers: JSON.stringify({ ...response.headers, ...machineTime }),
      // The port is the machine's, not the organisation's.
      body: text.replaceAll(`:${this.#port}/`, ':port/'),
    });
    const answer = { status: response.statusCode, statusText: '', headers: response.headers, data: parsed(text), text };
    if (response.statusCode < 300) return answer;
    throw Object.assign(new Error(`${response.statusCode}`), { response: answer });
  }
}

function parsed(text: string): unknown {
  return text === '' ? '' : JSON.parse(text);
}

/** Logs in and makes the calls, one after the other. */
export async function transcript(address: Address, known: Known, rows: readonly Row[]): Promise<Line[]> {
  const http = new RecordingHttp(address.port);
  const api = await loggedIn(address, http);
  for (const row of rows) await call(api, row, known);
  return http.lines;
}
