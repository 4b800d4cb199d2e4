import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type platformClient from 'purecloud-platform-client-v2';
import { type Endpoint, resolveEndpoint } from '../auth/region.js';
import type { Token } from '../auth/session.js';

type Sdk = typeof platformClient;
type SdkApiClient = Sdk['ApiClient'];

/** A request as the SDK passes it to its HTTP client. */
export interface SdkRequest {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  /** An object for JSON, a string for a form that is already encoded. */
  readonly data?: unknown;
}

/** A response as the SDK expects it. It passes `data` on unchanged. */
export interface SdkAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly data: unknown;
}

export type SdkSend = (request: SdkRequest) => Promise<SdkAnswer>;

export interface SdkSession {
  readonly endpoint: Endpoint;
  readonly apis: SdkApis;
  /** POST /oauth/token; the SDK uses the token from then on. */
  login(clientId: string, clientSecret: string): Promise<Token>;
  /** Sets a token from elsewhere; the SDK uses it from then on. */
  use(accessToken: string): void;
}

export type SdkApis = ReturnType<typeof createApis>;

/** Opens a separate SDK client: nothing is shared with another session or with the SDK's singleton. */
export function openSdk(
  options: { readonly region?: string | undefined; readonly apiUrl?: string | undefined },
  send: SdkSend,
): SdkSession {
  const sdk = withoutConfigFile(loadSdk);
  const endpoint = resolveEndpoint(options);
  const client = withoutConfigFile(() => freshClient(sdk));
  pointAt(client, endpoint);
  // Without it neither status nor headers are seen.
  client.setReturnExtendedResponses(true);
  client.setHttpClient(createHttpClient(sdk, send));
  return {
    endpoint,
    apis: createApis(sdk, client),
    use: (accessToken) => client.setAccessToken(accessToken),
    login: async (clientId, clientSecret) => {
      const data = await client.loginClientCredentialsGrant(clientId, clientSecret);
      return { value: data.accessToken ?? '', lifetimeMs: (data.tokenExpiryTime ?? Number.NaN) - Date.now() };
    },
  };
}

// `require` takes half the time and memory of `import` here, and only when the API is called.
function loadSdk(): Sdk {
  const sdk = createRequire(import.meta.url)('purecloud-platform-client-v2') as Sdk;
  silence(sdk.ApiClient.instance);
  return sdk;
}

/**
 * The SDK reads `~/.genesyscloudjavascript/config` when it is loaded and for every client made.
 * Such a file can send the credentials to another host, write bodies to a log, or crash the program
 * when it is malformed, so only this program's settings may apply. The SDK reads the home directory
 * only inside `action`, which is synchronous.
 */
function withoutConfigFile<T>(action: () => T): T {
  const { homedir } = os;
  os.homedir = () => path.join(os.devNull, 'none');
  try {
    return action();
  } finally {
    os.homedir = homedir;
  }
}

function freshClient(sdk: Sdk): SdkApiClient {
  const Constructor = sdk.ApiClient.instance.constructor as new () => SdkApiClient;
  const client = new Constructor();
  silence(client);
  return client;
}

// Live reload is switched off first: when its file changes, it resets region and gateway to the
// SDK's defaults.
function silence(client: SdkApiClient): void {
  client.config.live_reload_config = false;
  client.config.setConfigPath('');
}

function pointAt(client: SdkApiClient, endpoint: Endpoint): void {
  const { gateway, host } = endpoint;
  if (gateway) {
    const prefix = gateway.pathname.replace(/^\/+|\/+$/g, '');
    client.setGateway({
      host: gateway.hostname,
      protocol: gateway.protocol.replace(':', ''),
      ...(gateway.port && { port: Number(gateway.port) }),
      path_params_login: prefix,
      path_params_api: prefix,
    });
  } else if (host) {
    client.setEnvironment(host);
  }
}

function createHttpClient(sdk: Sdk, send: SdkSend) {
  // The SDK's types omit this class, which the module exports.
  const { AbstractHttpClient } = sdk as unknown as { AbstractHttpClient: new () => SdkHttpClient };
  return new (class extends AbstractHttpClient {
    override request(request: SdkRequest): Promise<SdkAnswer> {
      return send(request);
    }
    override enableHooks(): void {}
  })() as unknown as Parameters<SdkApiClient['setHttpClient']>[0];
}

interface SdkHttpClient {
  request(request: SdkRequest): Promise<SdkAnswer>;
  enableHooks(): void;
}

function createApis(sdk: Sdk, client: SdkApiClient) {
  return {
    analytics: new sdk.AnalyticsApi(client),
    architect: new sdk.ArchitectApi(client),
    authorization: new sdk.AuthorizationApi(client),
    conversations: new sdk.ConversationsApi(client),
    groups: new sdk.GroupsApi(client),
    locations: new sdk.LocationsApi(client),
    notifications: new sdk.NotificationsApi(client),
    organization: new sdk.OrganizationApi(client),
    outbound: new sdk.OutboundApi(client),
    presence: new sdk.PresenceApi(client),
    quality: new sdk.QualityApi(client),
    routing: new sdk.RoutingApi(client),
    teams: new sdk.TeamsApi(client),
    users: new sdk.UsersApi(client),
  };
}
