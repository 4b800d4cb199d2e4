import type { ApiAnswer, ApiStats, CallOptions, EntityPages, GenesysApiOptions, JsonObject } from './api.js';

/** Kinds of communications as the conversation API names them (`calls` where analytics has `voice`). */
export type CommunicationKind = (typeof communicationKinds)[number];

export const communicationKinds = [
  'calls',
  'callbacks',
  'emails',
  'messages',
  'cobrowsesessions',
  'screenshares',
  'socials',
  'videos',
] as const;

/** One agent's part of a conversation, which is what a wrap-up code is set for. */
export interface Communication {
  readonly kind: CommunicationKind;
  readonly conversationId: string;
  readonly participantId: string;
  readonly communicationId: string;
}

export interface WrapupInput {
  /** Id of the code. */
  readonly code: string;
  readonly notes?: string;
}

export interface NewWrapupCode {
  readonly name: string;
  /** `*` for all divisions. The caller's home division when absent. */
  readonly divisionId?: string;
  readonly description?: string;
}

/**
 * The calls that write to Genesys Cloud, with the reads just before and after. They use other
 * credentials than extraction. Errors are those of GenesysApi, with one difference: a write whose
 * response was lost is not sent again but thrown as an ApiError with the action `retry`, after
 * which only reading back shows its outcome.
 */
export interface GenesysWriteApi {
  /** GET /api/v2/conversations/{conversationId}: participants with their communications and codes, as of now. */
  conversation(conversationId: string, call?: CallOptions): Promise<ApiAnswer>;
  /** GET /api/v2/conversations/{kind}/{…}/participants/{…}/communications/{…}/wrapup; `{}` where no code is assigned. */
  wrapup(place: Communication, call?: CallOptions): Promise<ApiAnswer>;
  /** POST to the same address: 202 with an empty body, which means accepted and not yet applied. */
  setWrapup(place: Communication, input: WrapupInput, call?: CallOptions): Promise<ApiAnswer>;
  /** POST /api/v2/routing/wrapupcodes: returns the created code, with its id. */
  createWrapupCode(code: NewWrapupCode, call?: CallOptions): Promise<ApiAnswer>;
  /** POST /api/v2/routing/queues/{queueId}/wrapupcodes; 1 to 100 ids. Codes that the queue already has are kept. */
  addQueueWrapupCodes(queueId: string, codeIds: readonly string[], call?: CallOptions): Promise<ApiAnswer>;
  listQueues(call?: CallOptions): EntityPages;
  /** Active ones, then deleted ones, as GenesysApi. */
  listWrapupCodes(call?: CallOptions): EntityPages;
  listQueueWrapupCodes(queueId: string, call?: CallOptions): EntityPages;
  /** GET /api/v2/users/me; refused (400 `not.a.user`) where a client is logged in instead of a user. */
  me(call?: CallOptions): Promise<ApiAnswer>;
  /** GET /api/v2/organizations/me */
  organization(call?: CallOptions): Promise<ApiAnswer>;
  stats(): ApiStats;
  close(): Promise<void>;
}

export type WriteCredentials =
  | { readonly kind: 'client'; readonly clientId: string; readonly clientSecret: string }
  /** A user who has logged in; the file holds the refresh token. `clientSecret` where the OAuth client has one. */
  | {
      readonly kind: 'user';
      readonly clientId: string;
      readonly clientSecret?: string;
      readonly tokenFile: string;
    };

export interface GenesysWriteApiOptions extends Omit<GenesysApiOptions, 'clientId' | 'clientSecret'> {
  readonly credentials: WriteCredentials;
}

/** Tokens that the authorization server granted: RFC 6749, section 5.1. */
export interface GrantedTokens extends JsonObject {
  readonly access_token?: string;
  readonly refresh_token?: string;
  readonly expires_in?: number;
}
