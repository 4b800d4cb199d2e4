/** Conversations for benchmarks: the same for the same seed, of the sizes seen in a voice contact centre (some 27 rows, 5 kB of JSON). */

type Random = () => number;

/** The generator sfc32. */
export function seededRandom(seed: number): Random {
  let [a, b, c, d] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  return () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
}

function uuid(random: Random): string {
  const hex = (): string =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  const digits = hex() + hex() + hex() + hex();
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
}

export interface BenchWorld {
  readonly queueIds: readonly string[];
  readonly userIds: readonly string[];
  readonly codes: readonly string[];
  readonly flowIds: readonly string[];
}

export function benchWorld(random: Random): BenchWorld {
  const ids = (count: number): string[] => Array.from({ length: count }, () => uuid(random));
  return { queueIds: ids(40), userIds: ids(400), codes: ids(30), flowIds: ids(10) };
}

const at = (epochMs: number): string => new Date(epochMs).toISOString();
const pick = (random: Random, from: readonly string[]): string => from[Math.floor(random() * from.length)] as string;
const metric = (name: string, value: number, emitMs: number) => ({
  name,
  value: Math.round(value),
  emitDate: at(emitMs),
});

/** One conversation that starts at `startMs`: customer, IVR, queue, and one or two agents. */
export function benchConversation(random: Random, world: BenchWorld, startMs: number): object {
  const queueId = pick(random, world.queueIds);
  const ivrMs = 5_000 + random() * 40_000;
  const waitMs = 1_000 + random() * 90_000;
  const isAbandoned = random() < 0.15;
  const customerSession = uuid(random);
  const answeredMs = startMs + ivrMs + waitMs;
  const participants: object[] = [];
  if (random() < 0.4) participants.push(ivrParticipant(random, world, startMs, ivrMs, customerSession));
  participants.push(acdParticipant(random, queueId, startMs + ivrMs, waitMs, customerSession, isAbandoned));
  let endMs = answeredMs;
  const agentCount = isAbandoned ? 0 : random() < 0.15 ? 2 : 1;
  for (let agent = 0; agent < agentCount; agent += 1) {
    const talkMs = 20_000 + random() * 400_000;
    participants.push(agentParticipant(random, world, queueId, endMs, talkMs, customerSession));
    endMs += talkMs + 3_000;
  }
  participants.unshift(customerParticipant(random, startMs, ivrMs, endMs, customerSession, queueId));
  return {
    conversationId: uuid(random),
    conversationStart: at(startMs),
    conversationEnd: at(endMs + 20_000),
    originatingDirection: 'inbound',
    divisionIds: [pick(random, world.flowIds)],
    mediaStatsMinConversationMos: 4.5 + Math.round(random() * 400) / 1000,
    mediaStatsMinConversationRFactor: 80 + Math.round(random() * 1300) / 100,
    participants,
  };
}

function sessionBase(random: Random, peerId?: string) {
  return {
    sessionId: uuid(random),
    mediaType: 'voice',
    direction: 'inbound',
    provider: 'Edge',
    ani: `tel:+4930${Math.floor(random() * 1e7)}`,
    dnis: 'tel:+493012345',
    sessionDnis: 'tel:+493012345',
    edgeId: '51a6a0a3-9a53-4d3a-8b3e-50a6a0a39a53',
    remoteNameDisplayable: 'Berlin, Germany',
    ...(peerId === undefined ? {} : { peerId }),
  };
}

function customerParticipant(
  random: Random,
  startMs: number,
  ivrMs: number,
  endMs: number,
  sessionId: string,
  queueId: string,
): object {
  const middle = startMs + ivrMs;
  const segments = [
    { segmentStart: at(startMs), segmentEnd: at(startMs + 20), segmentType: 'system', conference: false },
    {
      segmentStart: at(middle),
      segmentEnd: at(endMs),
      segmentType: 'interact',
      queueId,
      disconnectType: 'peer',
      conference: false,
    },
  ];
  const session = { ...sessionBase(random), sessionId, segments, metrics: [metric('nConnected', 1, startMs + 20)] };
  return { participantId: uuid(random), participantName: 'Berlin, Germany', purpose: 'customer', sessions: [session] };
}

function ivrParticipant(random: Random, world: BenchWorld, startMs: number, ivrMs: number, peerId: string): object {
  const flowId = pick(random, world.flowIds);
  const flow = {
    flowId,
    flowName: 'Main menu',
    flowVersion: '12.0',
    flowType: 'INBOUNDCALL',
    exitReason: 'TRANSFER',
    entryReason: 'tel:+493012345',
    entryType: 'dnis',
    transferType: 'ACD',
    startingLanguage: 'de-de',
    endingLanguage: 'de-de',
    issuedCallback: false,
  };
  const segments = [
    {
      segmentStart: at(startMs),
      segmentEnd: at(startMs + ivrMs),
      segmentType: 'ivr',
      disconnectType: 'transfer',
      conference: false,
    },
  ];
  const metrics = [
    metric('nFlow', 1, startMs),
    metric('tFlow', ivrMs, startMs + ivrMs),
    metric('tIvr', ivrMs, startMs + ivrMs),
  ];
  const session = { ...sessionBase(random, peerId), segments, metrics, flow };
  return { participantId: uuid(random), participantName: 'Main menu', purpose: 'ivr', sessions: [session] };
}

function acdParticipant(
  random: Random,
  queueId: string,
  startMs: number,
  waitMs: number,
  peerId: string,
  isAbandoned: boolean,
): object {
  const endMs = startMs + waitMs;
  const metrics = [metric('nOffered', 1, startMs), metric('tAcd', waitMs, endMs)];
  if (isAbandoned) metrics.push(metric('tAbandon', waitMs, endMs));
  if (waitMs > 20_000) metrics.push(metric('nOverSla', 1, endMs));
  const segments = [
    {
      segmentStart: at(startMs),
      segmentEnd: at(endMs),
      queueId,
      segmentType: 'interact',
      disconnectType: 'transfer',
      conference: false,
    },
  ];
  const session = {
    ...sessionBase(random, peerId),
    segments,
    metrics,
    requestedRoutings: ['Standard'],
    usedRouting: 'Standard',
  };
  return { participantId: uuid(random), participantName: 'Support', purpose: 'acd', sessions: [session] };
}

function agentParticipant(
  random: Random,
  world: BenchWorld,
  queueId: string,
  startMs: number,
  talkMs: number,
  peerId: string,
): object {
  const alertMs = 2_000 + random() * 5_000;
  const connectedMs = startMs + alertMs;
  const endMs = connectedMs + talkMs;
  const acwMs = 5_000 + random() * 60_000;
  const isHeld = random() < 0.3;
  const code = random() < 0.9 ? { wrapUpCode: pick(random, world.codes) } : {};
  const segments = [
    { segmentStart: at(startMs), segmentEnd: at(connectedMs), queueId, segmentType: 'alert', conference: false },
    {
      segmentStart: at(connectedMs),
      segmentEnd: at(endMs),
      queueId,
      segmentType: 'interact',
      disconnectType: 'peer',
      conference: false,
    },
    {
      segmentStart: at(endMs),
      segmentEnd: at(endMs + acwMs),
      queueId,
      segmentType: 'wrapup',
      conference: false,
      ...code,
    },
  ];
  const metrics = [
    metric('tAlert', alertMs, connectedMs),
    metric('tAnswered', alertMs, connectedMs),
    metric('nConnected', 1, connectedMs),
    metric('tTalk', talkMs, endMs),
    metric('tTalkComplete', talkMs, endMs),
    ...(isHeld ? [metric('tHeld', talkMs / 10, endMs), metric('tHeldComplete', talkMs / 10, endMs)] : []),
    metric('tAcw', acwMs, endMs + acwMs),
    metric('tHandle', talkMs + acwMs, endMs + acwMs),
  ];
  const session = { ...sessionBase(random, peerId), segments, metrics, usedRouting: 'Standard', agentBullseyeRing: 1 };
  const userId = pick(random, world.userIds);
  return { participantId: uuid(random), participantName: 'Agent', purpose: 'agent', userId, sessions: [session] };
}
