import type * as z from 'zod';
import { nestsDeeper } from './nesting.ts';

type Issue = z.core.$ZodIssue;

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

const anyOf = (values: readonly string[]): string =>
  values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

/** What would be right, where the schema does not say it in words of its own. */
export const explain = (issue: Issue): string => {
  if (!issue.message.startsWith('Invalid')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${anyOf(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'invalid_key':
      return explain(issue.issues[0] as Issue);
    default:
      return issue.message;
  }
};

/** Where an issue is: `data.gifts[0].value`. */
export const pathOf = (keys: readonly PropertyKey[]): string => keys.reduce(step, '');

const step = (path: string, key: PropertyKey): string => {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = printable(String(key)) || '""';
  return path === '' ? name : `${path}.${name}`;
};

/** What stands at the place of an issue: the key itself where that is what is wrong. */
export const foundAt = (json: unknown, { code, path }: Issue): unknown =>
  code === 'invalid_key' ? path.at(-1) : path.reduce<unknown>(memberOf, json);

const memberOf = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;

/** A value as it may stand in a message: as JSON, on one line, not longer than needed. */
export const shown = (value: unknown): string =>
  printable(typeof value === 'number' ? numberText(value) : jsonText(value));

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** What nests deeper takes JSON.stringify long, or more stack than there is. */
const shownLevelsMax = 16;

const jsonText = (value: unknown): string => {
  if (value === undefined) return 'missing';
  return nestsDeeper(value, shownLevelsMax) ? 'a value that nests too deep to be shown' : JSON.stringify(value);
};

/** Longer than this would only bury the message that shows it. */
const shownLengthMax = 80;

/** A text as it may stand in a message: on one line, of bounded length, and nothing in it that a terminal obeys. */
export const printable = (text: string, lengthMax = shownLengthMax): string => {
  const cut = text.length > lengthMax ? `${text.slice(0, lengthMax - 3).replace(halfPair, '')}...` : text;
  return cut.replace(unprintable, escaped);
};

const halfPair = /[\ud800-\udbff]$/;

/** What a terminal would obey, break a line at or not show, though JSON lets it stand: a byte order mark, for one. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string =>
  [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
