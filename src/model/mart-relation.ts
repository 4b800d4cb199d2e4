/** `local` is a timestamp in the reporting zone, `day` a date in it, `instant` a point in time (UTC). */
export type ColumnType = 'text' | 'number' | 'boolean' | 'day' | 'local' | 'instant';

export interface RelationColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly definition: string;
}

export interface Relation {
  readonly name: string;
  readonly definition: string;
  readonly columns: readonly RelationColumn[];
}
