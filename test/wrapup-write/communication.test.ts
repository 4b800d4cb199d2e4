import { describe, expect, test } from 'vitest';
import type { Assignment } from '../../src/model/assignment.js';
import { compareWithCurrentCode, findCommunication } from '../../src/wrapup/writeback/communication.js';

const assignment = {
  conversationId: 'c',
  participantId: 'p',
  sessionId: 's',
  userId: 'u',
  mediaType: 'voice',
  wrapupCode: 'wanted',
  previousCode: 'before',
} as Assignment;

const conversation = (participant: object) => ({ id: 'c', participants: [{ id: 'other' }, participant] });
const place = { kind: 'calls', conversationId: 'c', participantId: 'p', communicationId: 's' };

describe('the communication of an assignment', () => {
  test('is found by its ids, with its own code', () => {
    const participant = { id: 'p', userId: 'u', calls: [{ id: 'x', wrapup: { code: 'other' } }, { id: 's' }] };
    expect(findCommunication(conversation(participant), assignment)).toEqual({ place, currentCode: undefined });
  });

  test('has the code of the participant where it is the only one', () => {
    const wrapup = { code: 'given' };
    const alone = { id: 'p', userId: 'u', wrapup, calls: [{ id: 's' }] };
    expect(findCommunication(conversation(alone), assignment)).toEqual({ place, currentCode: 'given' });
    const two = { ...alone, callbacks: [{ id: 'y', wrapup }] };
    expect(findCommunication(conversation(two), assignment)).toEqual({ place, currentCode: undefined });
  });

  test('has no code while one is only saved for later', () => {
    const participant = { id: 'p', userId: 'u', calls: [{ id: 's', wrapup: { code: 'x', provisional: true } }] };
    expect(findCommunication(conversation(participant), assignment)).toEqual({ place, currentCode: undefined });
  });

  test("is found at the agent's participant where that has another id by now", () => {
    const participant = { id: 'new', userId: 'u', calls: [{ id: 's' }] };
    const found = findCommunication(conversation(participant), assignment);
    expect(found).toEqual({ place: { ...place, participantId: 'new' }, currentCode: undefined });
  });

  test.each([
    ['medium', { ...assignment, mediaType: 'chat' }, { id: 'p', chats: [{ id: 's' }] }],
    ['participant', assignment, { id: 'q', userId: 'u', calls: [] }],
    ['communication', assignment, { id: 'p', userId: 'u', messages: [{ id: 's' }] }],
  ])('is missing by its %s', (missing, wanted, participant) => {
    expect(findCommunication(conversation(participant), wanted as Assignment)).toEqual({ missing });
  });
});

test.each([
  [undefined, 'none'],
  ['wanted', 'same'],
  ['before', 'none'],
  ['ININ-WRAP-UP-TIMEOUT', 'none'],
  ['an-agents-own', 'different'],
] as const)('the code %s compares as %s', (code, comparison) => {
  expect(compareWithCurrentCode(code, assignment)).toBe(comparison);
});
