/** Writes the program around the settings; it is plain JavaScript that needs nothing but Node. */
export function metabaseProgram(tables: readonly object[]): string {
  return `#!/usr/bin/env node
// Sets descriptions, semantic types and models of schema mart in Metabase. Written by genesys-warehouse catalog.
// METABASE_URL=https://metabase.example.com METABASE_API_KEY=... METABASE_DATABASE=name node metabase.mjs
const tables = ${JSON.stringify(tables, null, 1)};
${programText}`;
}

const programText = `
const requestMsMax = 60_000;
const { METABASE_URL: url, METABASE_API_KEY: key, METABASE_DATABASE: databaseName } = process.env;
const missing = ['METABASE_URL', 'METABASE_API_KEY', 'METABASE_DATABASE'].filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(missing.join(', ') + ' not set. Set each in the environment.');
  process.exit(2);
}

async function request(method, path, body) {
  const response = await fetch(new URL('api/' + path, url.endsWith('/') ? url : url + '/'), {
    method,
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(requestMsMax),
  });
  const text = await response.text();
  if (!response.ok) throw new Error('Metabase refused ' + method + ' ' + path + ' (' + response.status + ': ' + text.slice(0, 300) + ').');
  return text === '' ? undefined : JSON.parse(text);
}

async function readDatabase() {
  const answer = await request('GET', 'database');
  const databases = Array.isArray(answer) ? answer : answer.data;
  const database = databases.find(({ name }) => name === databaseName);
  if (database === undefined) throw new Error('Database ' + databaseName + ' is not in Metabase. It has ' + databases.map(({ name }) => name).join(', ') + '.');
  const { tables: known } = await request('GET', 'database/' + database.id + '/metadata?include_hidden=true');
  return { id: database.id, known: new Map(known.filter(({ schema }) => schema === 'mart').map((table) => [table.name, table])) };
}

const fieldOf = (known, table, column) => known.get(table)?.fields.find(({ name }) => name === column);

async function setTable(known, table) {
  const { id } = known.get(table.name);
  await request('PUT', 'table/' + id, { description: table.description });
  for (const field of table.fields) {
    const there = fieldOf(known, table.name, field.name);
    if (there === undefined) continue;
    const target = field.target && fieldOf(known, ...field.target);
    await request('PUT', 'field/' + there.id, {
      description: field.description,
      display_name: field.displayName,
      semantic_type: field.target && !target ? null : field.semanticType,
      ...(target && { fk_target_field_id: target.id }),
    });
  }
}

function modelQuery(known, table) {
  const joins = table.fields.filter(({ isJoined, name, target }) => isJoined && fieldOf(known, table.name, name) && fieldOf(known, ...target));
  return {
    'source-table': known.get(table.name).id,
    joins: joins.map(({ name, target }) => ({
      alias: target[0],
      strategy: 'left-join',
      fields: 'all',
      'source-table': known.get(target[0]).id,
      condition: ['=', ['field', fieldOf(known, table.name, name).id, null], ['field', fieldOf(known, ...target).id, { 'join-alias': target[0] }]],
    })),
  };
}

async function setModel(database, cards, table) {
  const name = 'Genesys ' + table.name;
  const card = {
    name,
    description: table.description,
    type: 'model',
    display: 'table',
    visualization_settings: {},
    dataset_query: { type: 'query', database: database.id, query: modelQuery(database.known, table) },
  };
  const there = cards.find((each) => each.name === name && each.type === 'model' && each.database_id === database.id && !each.archived);
  await (there === undefined ? request('POST', 'card', card) : request('PUT', 'card/' + there.id, card));
}

try {
  const database = await readDatabase();
  const present = tables.filter(({ name }) => database.known.has(name));
  if (present.length === 0) throw new Error('Metabase knows no relation of schema mart. Let it sync the database schema first.');
  for (const table of present) await setTable(database.known, table);
  const cards = await request('GET', 'card?f=database&model_id=' + database.id);
  const models = present.filter(({ isModel }) => isModel);
  for (const table of models) await setModel(database, cards, table);
  console.error('Set ' + present.length + ' tables and ' + models.length + ' models; ' + (tables.length - present.length) + ' relations are not in Metabase.');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
`;
