/** Parses `--member NAME=URL`. Pure. */
import { UsageError } from '../lib/errors.js';
import { parsePostgresUrl } from '../postgres/federation/member-address.js';
import { itselfServer } from '../postgres/federation/servers.js';
import { memberNameCharactersMax } from '../postgres/federation/tables.js';

export interface MemberOption {
  readonly name: string;
  readonly url: string;
}

const namePattern = new RegExp(`^[a-z][a-z0-9_]{0,${memberNameCharactersMax - 1}}$`);

/** Parses members. Throws a UsageError that never repeats an address, because it may contain a password. */
export function membersOf(texts: readonly string[]): MemberOption[] {
  const members = texts.map(memberOf);
  const twice = members.find(({ name }, index) => members.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) throw new UsageError(`Member ${twice.name} is named twice. Give each a name of its own.`);
  return members;
}

/** Reads one member per line; skips empty lines and lines that begin with #. */
export function parseMemberFile(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function memberOf(text: string): MemberOption {
  const at = text.indexOf('=');
  const name = text.slice(0, at);
  const url = text.slice(at + 1);
  if (at < 1 || !namePattern.test(name) || name === itselfServer)
    throw new UsageError(
      `A member has no usable name. Write --member NAME=URL, the name of up to ${memberNameCharactersMax} lower-case letters, digits and underscores, beginning with a letter.`,
    );
  try {
    parsePostgresUrl(url);
  } catch (error) {
    throw new UsageError(`Member ${name}: ${(error as Error).message}`);
  }
  return { name, url };
}
