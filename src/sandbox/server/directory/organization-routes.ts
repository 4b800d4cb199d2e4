import type { JsonObject } from '../../world.js';
import type { Core } from '../core.js';
import { json } from '../http/answer.js';
import { notFound } from '../http/api-fault.js';
import type { Call, Route } from '../http/router.js';
import { anyOf, noPermissions } from '../http/router.js';

const retentionDays = 558;

export function organizationRoutes(core: Core): Route[] {
  const get = (
    path: string,
    operation: string,
    body: (call: Call) => JsonObject,
    permissions = noPermissions,
  ): Route => ({
    method: 'GET',
    path: `/api/v2/${path}`,
    operation,
    permissions,
    handle: (call) => json(body(call)),
  });
  const limits = (call: Call): JsonObject => limitsOf(core, call.params.namespace ?? '');
  return [
    get('organizations/me', 'organization', () => core.world.directory.organization),
    get('authorization/divisions/home', 'home division', () => homeDivision(core)),
    get('organizations/limits/namespaces', 'limit namespaces', () => ({ entities: Object.keys(limitTable(core)) })),
    get('organizations/limits/namespaces/{namespace}', 'limits', limits),
    get('organizations/limits/namespaces/{namespace}/defaults', 'limit defaults', limits),
    get(
      'analytics/dataretention/settings',
      'data retention',
      () => ({ retentionDays }),
      anyOf('analytics:dataRetention:view'),
    ),
  ];
}

function homeDivision(core: Core): JsonObject {
  const { divisions } = core.world.directory;
  const home = divisions.find((division) => division.homeDivision === true) ?? divisions[0];
  if (home === undefined) throw notFound('The home division');
  return home;
}

function limitsOf(core: Core, namespace: string): JsonObject {
  const limits = limitTable(core)[namespace];
  if (limits === undefined) throw notFound(`The namespace ${namespace}`);
  return { entities: Object.entries(limits).map(([key, value]) => ({ key, namespace, value })) };
}

function limitTable(core: Core): Record<string, Record<string, number>> {
  const perMinute = core.options.requestsPerMinute === 'unlimited' ? 1_000_000 : core.options.requestsPerMinute;
  return {
    'platform.api': {
      'client.credentials.token.rate.per.minute': perMinute,
      'token.rate.per.minute': perMinute,
      'request.bytes.max': 512_000,
    },
    analytics: {
      'details.jobs.concurrent.access.max': core.options.jobsConcurrentMax,
      'details.jobs.rate.per.second': 5,
    },
  };
}
