export interface DecisionEntry {
  readonly name: string;
  readonly number: string;
  readonly title: string;
  readonly date: string;
  readonly status: string;
  readonly area: string;
  readonly text: string;
}
export function decisionEntries(folder: URL): DecisionEntry[];
export function decisionIndex(folder: URL): string;
