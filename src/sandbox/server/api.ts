import { aggregateRoutes } from './aggregates/aggregate-routes.js';
import type { AnalyticsModules } from './aggregates/analytics-modules.js';
import { queueObservationRoutes } from './aggregates/queue-observations.js';
import type { Core } from './core.js';
import { detailsByIdRoutes } from './details/details-by-id.js';
import { detailsJobRoutes } from './details/details-jobs.js';
import { detailsQueryRoutes } from './details/details-query.js';
import { userDetailRoutes } from './details/user-details.js';
import { directoryRoutes } from './directory/directory-routes.js';
import { organizationRoutes } from './directory/organization-routes.js';
import type { Answer } from './http/answer.js';
import { json } from './http/answer.js';
import { ApiFault, errorBody, notFound } from './http/api-fault.js';
import type { Call, Match, Matcher, Route } from './http/router.js';
import { createMatcher } from './http/router.js';
import { wrapupCodeRoutes } from './wrapup/wrapup-codes.js';
import { wrapupRoutes } from './wrapup/wrapup-routes.js';

export function apiMatcher(core: Core, modules: AnalyticsModules, others: readonly Route[]): Matcher {
  return createMatcher(apiRoutes(core, modules, others));
}

/** Every endpoint that is served. */
export function apiRoutes(core: Core, modules: AnalyticsModules, others: readonly Route[]): Route[] {
  return [
    ...detailsQueryRoutes(core),
    ...detailsJobRoutes(core),
    ...detailsByIdRoutes(core),
    ...directoryRoutes(core),
    ...organizationRoutes(core),
    ...aggregateRoutes(core, modules.aggregates),
    ...userDetailRoutes(core, modules),
    ...queueObservationRoutes(core, modules.queueObservations),
    ...wrapupRoutes(core),
    ...wrapupCodeRoutes(core),
    ...others,
  ];
}

export function matched(matcher: Matcher, method: string, path: string): Match {
  const match = matcher(method, path);
  if (match === undefined) throw notFound(`The requested resource ${path}`);
  if (match === 'method')
    throw new ApiFault(405, 'method.not.allowed', `The method ${method} is not allowed for ${path}.`);
  return match;
}

export function checkPermissions(core: Core, match: Match): void {
  const lacking = core.faults.lacking(match.route.permissions);
  if (lacking.length === 0) return;
  if (match.route.permissions.mode === 'all')
    throw new ApiFault(
      403,
      'missing.permissions',
      `Unable to perform the requested action. You are missing the following permission(s): [${lacking.join(', ')}]`,
    );
  throw new ApiFault(
    403,
    'missing.any.permissions',
    `Unable to perform the requested action. You must have at least one of the following permissions assigned: [${lacking.join(', ')}]`,
  );
}

/** Runs the handler; refusals become the API's error body. */
export async function answerApi(call: Call, match: Match): Promise<Answer> {
  try {
    return await match.route.handle(call);
  } catch (error) {
    return refusal(error, call.correlationId);
  }
}

export function refusal(error: unknown, correlationId: string): Answer {
  if (!(error instanceof ApiFault)) throw error;
  return { ...json(errorBody(error, correlationId), error.status), headers: error.headers };
}
