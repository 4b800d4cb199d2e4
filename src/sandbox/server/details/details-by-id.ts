import type { SimulatedConversation } from '../../world.js';
import type { Core } from '../core.js';
import type { Answer } from '../http/answer.js';
import { json, pieces } from '../http/answer.js';
import { badRequest, notFound } from '../http/api-fault.js';
import type { Call, Route } from '../http/router.js';
import { conversationsDocument, recordBytes } from './conversation-pages.js';
import { detailPermissions } from './details-query.js';

const idsMax = 100;

export function detailsByIdRoutes(core: Core): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v2/analytics/conversations/details',
      operation: 'conversations details by ids',
      permissions: detailPermissions,
      handle: (call) => several(core, call),
    },
    {
      method: 'GET',
      path: '/api/v2/analytics/conversations/{conversationId}/details',
      operation: 'conversation details',
      permissions: detailPermissions,
      handle: (call) => single(core, call),
    },
  ];
}

/** Unknown ids are just missing; when none is known the answer is `{}`. */
function several(core: Core, call: Call): Answer {
  const ids = [...new Set(call.query.getAll('id').flatMap((value) => value.split(',')))].filter((id) => id !== '');
  if (ids.length === 0) throw badRequest('At least one conversation id is required.');
  if (ids.length > idsMax) throw badRequest(`Only ${idsMax} conversations can be requested at a time.`);
  const asOfMs = core.clock.asOfMs();
  const found = ids
    .map((id) => core.source.byId(id, asOfMs))
    .filter((conversation) => conversation !== undefined) as SimulatedConversation[];
  return found.length === 0 ? json({}) : pieces(conversationsDocument(core, found, asOfMs, false, {}, call.counter));
}

function single(core: Core, call: Call): Answer {
  const asOfMs = core.clock.asOfMs();
  const conversation = core.source.byId(call.params.conversationId ?? '', asOfMs);
  if (conversation === undefined) throw notFound(`The conversation ${call.params.conversationId}`);
  return pieces([recordBytes(core, conversation, asOfMs, false, call.counter)]);
}
