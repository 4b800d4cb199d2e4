import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import { expandPlaceholders, postgresTypes, type QueryText } from '../../src/postgres/dashboard/query-text.js';

/** The data sources of the provisioning; Grafana finds them by these ids. */
export const warehouse = { type: 'grafana-postgresql-datasource', uid: 'genesys-warehouse' };
export const prometheus = { type: 'prometheus', uid: 'genesys-warehouse-prometheus' };

const zone = '(select time_zone from mart.ops_settings)';
/** Grafana's macros expand to the chosen span; lists are variables of the dashboard. */
const expansions: Readonly<Record<string, string>> = {
  zone,
  'from day': `($__timeFrom()::timestamptz at time zone ${zone})::date`,
  'to day': `(($__timeTo()::timestamptz - interval '1 millisecond') at time zone ${zone})::date`,
  'from instant': '$__timeFrom()::timestamptz',
  'to instant': '$__timeTo()::timestamptz',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own notation.
  queues: 'array[${queue:sqlstring}]::uuid[]',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own notation.
  media: 'array[${media:sqlstring}]::text[]',
};

/** A named query with its parameters as Grafana's macros and variables, or as the values given; what is left is null. */
export function grafanaSql(query: QueryText, given: Readonly<Record<string, string>> = {}): string {
  return expandPlaceholders(query.text, (name) => {
    const type = query.parameters.find((parameter) => parameter.name === name)?.type ?? 'text';
    const value = given[name];
    if (value !== undefined) return `'${value.replaceAll("'", "''")}'::${postgresTypes[type]}`;
    return expansions[name] ?? expansions[`${name} ${type}`] ?? `null::${postgresTypes[type]}`;
  });
}

export interface Shown {
  readonly column: string;
  readonly label: string;
}

/** Some columns of a query under the labels that a panel shows; `time` is a day or a timestamp in the reporting zone. */
export function shownSql(sql: string, columns: readonly Shown[], time?: string): string {
  const list = [
    ...(time === undefined ? [] : [`answer.${time}::timestamp at time zone ${zone} as "time"`]),
    ...columns.map(({ column, label }) => `answer.${column} as "${label}"`),
  ];
  return selectSql(sql, list, time);
}

/**
 * Some columns for a table, with their units in the headers. Grafana's schema of dashboards has no place for the unit
 * of one column: what an override sets must be an object there.
 */
export function tableSql(sql: string, columns: readonly Shown[]): string {
  return selectSql(sql, columns.map(tableColumn));
}

function tableColumn({ column, label }: Shown): string {
  if (column.endsWith('_rate')) return `round(100 * answer.${column}, 1) as "${label} (%)"`;
  if (column.endsWith('_seconds')) return `round(answer.${column}) as "${label} (s)"`;
  return `answer.${column} as "${label}"`;
}

function selectSql(sql: string, list: readonly string[], time?: string): string {
  const order = time === undefined ? '' : '\norder by 1';
  return `select ${list.join(', ')}\nfrom (\n${sql}\n) as answer${order}`;
}

/** A target of the Postgres data source, for which the SDK has no builder. */
export class SqlTarget implements cog.Builder<cog.Dataquery> {
  readonly #sql: string;
  readonly #format: 'time_series' | 'table';

  constructor(sql: string, format: 'time_series' | 'table') {
    this.#sql = sql;
    this.#format = format;
  }

  build(): cog.Dataquery {
    const target = {
      refId: 'A',
      datasource: warehouse,
      editorMode: 'code',
      format: this.#format,
      rawQuery: true,
      rawSql: this.#sql,
      _implementsDataqueryVariant: () => {},
    };
    return target;
  }
}
