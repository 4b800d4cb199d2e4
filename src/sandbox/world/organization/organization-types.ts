/** Types of a simulated organization. */
import type { MediaType } from '../events.js';
import type { QueueTemplate } from './queue-catalog.js';

export interface Named {
  readonly id: string;
  readonly name: string;
}
export interface Code extends Named {
  readonly no: number;
  /** `*` means all divisions. */
  readonly divisionId: string;
  readonly deleted: boolean;
}
export interface Agent extends Named {
  readonly no: number;
  readonly email: string;
  readonly state: 'active' | 'inactive' | 'deleted';
  readonly divisionId: string;
  readonly team: Named;
  readonly skills: readonly Named[];
  readonly languages: readonly Named[];
  readonly queueNos: readonly number[];
  /** Multiplies the queue's handle times: nobody works at the same pace. */
  readonly pace: number;
}
export interface Queue extends Named {
  readonly no: number;
  readonly template: QueueTemplate;
  readonly divisionId: string;
  readonly codes: readonly Code[];
  readonly skill: Named;
  /** Agents who may get its conversations. Never empty. */
  readonly agents: readonly Agent[];
  readonly flow: Flow;
}
export interface Flow extends Named {
  readonly type: string;
  readonly version: string;
}
export interface Campaign extends Named {
  readonly queue: Queue;
  readonly contactList: Named;
  readonly dialingMode: 'preview' | 'power';
}
export interface Form extends Named {
  readonly contextId: string;
}
export interface Presence extends Named {
  readonly systemPresence: string;
  readonly builtIn: boolean;
}

export interface Organization {
  readonly id: string;
  /** Multiplies all handle times, so that the staff that was asked for can carry the traffic that was asked for. */
  readonly pace: number;
  readonly divisions: readonly Named[];
  readonly queues: readonly Queue[];
  /** Those that customers come to by a medium; campaigns' queues are not among them. */
  readonly inboundQueues: Readonly<Record<MediaType, readonly Queue[]>>;
  readonly agents: readonly Agent[];
  readonly codes: readonly Code[];
  readonly skills: readonly Named[];
  readonly languages: readonly Named[];
  readonly presences: readonly Presence[];
  readonly teams: readonly Named[];
  readonly groups: readonly Named[];
  readonly flows: readonly Flow[];
  readonly outcomes: readonly Named[];
  readonly locations: readonly Named[];
  readonly campaigns: readonly Campaign[];
  readonly evaluationForms: readonly Form[];
  readonly surveyForms: readonly Form[];
}
