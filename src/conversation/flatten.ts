/** Placeholder of the type until the flattener lands. */
export interface FlatConversation {
  readonly conversationId: string;
}
