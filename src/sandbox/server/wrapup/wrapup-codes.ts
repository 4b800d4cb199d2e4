import type { JsonObject } from '../../world.js';
import type { Core } from '../core.js';
import { codesOfQueue } from '../directory/directory-routes.js';
import { isPresent } from '../directory/listing-table.js';
import { json } from '../http/answer.js';
import { ApiFault, badRequest, notFound } from '../http/api-fault.js';
import type { Call, Route } from '../http/router.js';
import { allOf, anyOf, jsonBody } from '../http/router.js';
import { idOf } from '../ids.js';

const nameLengthMax = 200;
const codesPerCallMax = 100;

/** Wrap-up codes made and given to queues, as an administrator would. */
export function wrapupCodeRoutes(core: Core): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/v2/routing/wrapupcodes',
      operation: 'wrapup code create',
      permissions: allOf('routing:wrapupCode:add'),
      handle: (call) => json(create(core, call)),
    },
    {
      method: 'POST',
      path: '/api/v2/routing/queues/{queueId}/wrapupcodes',
      operation: 'queue wrapup codes add',
      permissions: anyOf('routing:queue:edit', 'routing:queue:addWrapupCode'),
      handle: (call) => {
        const codes = attach(core, call);
        // A bare list, unlike every other listing.
        return { ...json({}), body: [Buffer.from(JSON.stringify(codes))] };
      },
    },
  ];
}

/** Names are unique among the codes that are there. */
function create(core: Core, call: Call): JsonObject {
  const body = jsonBody(call);
  const { name } = body;
  if (typeof name !== 'string' || name.trim() === '' || name.length > nameLengthMax)
    throw badRequest(`The name is required and may have ${nameLengthMax} characters.`);
  const isTaken = core.directory.wrapupCodes.some((code) => isPresent(code) && code.name === name);
  if (isTaken) throw new ApiFault(409, 'conflict', `A wrap-up code named ${name} exists already.`);
  const id = idOf(core.options.seed, 'wrapup code', call.counter);
  const at = new Date(core.clock.nowMs()).toISOString();
  const code: JsonObject = {
    id,
    name,
    ...(body.division === undefined ? {} : { division: body.division }),
    ...(body.description === undefined ? {} : { description: body.description }),
    dateCreated: at,
    dateModified: at,
    createdBy: call.userId ?? call.clientId,
    selfUri: `/api/v2/routing/wrapupcodes/${id}`,
  };
  core.directory.addCode(code);
  return code;
}

function attach(core: Core, call: Call): readonly JsonObject[] {
  const queueId = call.params.queueId ?? '';
  if (!core.directory.queues.some((queue) => queue.id === queueId)) throw notFound(`The queue ${queueId}`);
  const ids = idsOf(call);
  const unknown = ids.find((id) => !core.directory.isKnownCode(id));
  if (unknown !== undefined) throw notFound(`The wrap-up code ${unknown}`);
  core.directory.addToQueue(queueId, ids);
  return codesOfQueue(core, queueId);
}

function idsOf(call: Call): readonly string[] {
  let body: unknown;
  try {
    body = JSON.parse(call.bodyText);
  } catch {
    throw badRequest('The request could not be understood by the server due to malformed syntax.');
  }
  if (!Array.isArray(body) || body.length < 1 || body.length > codesPerCallMax)
    throw badRequest(`The body must be a list of 1 to ${codesPerCallMax} wrap-up codes.`);
  return body.map((code: { id?: unknown }) => String(code?.id));
}
