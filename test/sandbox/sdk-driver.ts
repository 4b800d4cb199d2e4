import platformClient from 'purecloud-platform-client-v2';
import type { Known, Row } from './endpoints.js';

export interface Answered {
  readonly row: Row;
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests.
  readonly body: any;
}

export interface Address {
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
}

type ApiClient = typeof platformClient.ApiClient.instance;

/** The vendor's own client, pointed at a sandbox the way a gateway is configured. */
export async function loggedIn({ port, clientId, clientSecret }: Address, http?: unknown): Promise<ApiClient> {
  const api = new (platformClient.ApiClient.instance.constructor as new () => ApiClient)();
  (api as unknown as { config: { live_reload_config: boolean } }).config.live_reload_config = false;
  api.setGateway({ host: '127.0.0.1', protocol: 'http', port, path_params_login: '', path_params_api: '' });
  api.setReturnExtendedResponses(true);
  if (http !== undefined) (api as unknown as { setHttpClient(client: unknown): void }).setHttpClient(http);
  await api.loginClientCredentialsGrant(clientId, clientSecret);
  return api;
}

/** Calls the row's method; refusals are answers. */
export async function call(api: ApiClient, row: Row, known: Known): Promise<Answered> {
  const [className, method] = row.method.split('.') as [string, string];
  const Api = (platformClient as unknown as Record<string, new (client: ApiClient) => Record<string, unknown>>)[
    className
  ];
  if (Api === undefined) throw new Error(`The SDK has no ${className}.`);
  const instance = new Api(api);
  const invoke = instance[method] as ((...args: unknown[]) => Promise<unknown>) | undefined;
  if (invoke === undefined) throw new Error(`The SDK has no ${row.method}.`);
  const answer = (await invoke.apply(instance, [...row.args(known)]).catch((refusal: unknown) => refusal)) as {
    status?: number;
    body: unknown;
  };
  if (answer?.status === undefined) throw new Error(`${row.method} was not answered.`, { cause: answer });
  if (answer.status < 300) row.learn?.(answer.body as never, known);
  return { row, status: answer.status, body: answer.body };
}
