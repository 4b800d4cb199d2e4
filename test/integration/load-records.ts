import { randomUUID } from 'node:crypto';

export const customerId = '11111111-1111-4111-8111-111111111111';
const agentId = '22222222-2222-4222-8222-222222222222';

interface Shape {
  readonly conversationId?: string;
  readonly conversationStart?: string;
  readonly code?: string;
  readonly customer?: Record<string, unknown>;
  readonly agent?: Record<string, unknown>;
  readonly isAgentFirst?: boolean;
}

/** A call with one customer and one agent. */
export function call(shape: Shape = {}): Record<string, unknown> & { conversationId: string } {
  const segment = { segmentStart: '2026-05-06T07:08:09.010Z', segmentEnd: '2026-05-06T07:09:09.010Z' };
  const customer = {
    participantId: customerId,
    purpose: 'customer',
    sessions: [{ mediaType: 'voice' }],
    ...shape.customer,
  };
  const wrapUp = { ...segment, segmentType: 'wrapup', ...(shape.code === undefined ? {} : { wrapUpCode: shape.code }) };
  const agentSession = {
    mediaType: 'voice',
    segments: [{ ...segment, segmentType: 'interact' }, wrapUp],
    metrics: [{ name: 'tTalk', value: 60_000, emitDate: segment.segmentEnd }],
  };
  const agent = { participantId: agentId, purpose: 'agent', userId: agentId, sessions: [agentSession], ...shape.agent };
  return {
    conversationId: shape.conversationId ?? randomUUID(),
    conversationStart: shape.conversationStart ?? '2026-05-06T07:08:09.010Z',
    conversationEnd: '2026-05-06T07:10:09.010Z',
    participants: shape.isAgentFirst ? [agent, customer] : [customer, agent],
  };
}
