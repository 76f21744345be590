import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Messages of every released version, kept for good: whatever was once valid must be read for ever (STYLE, rule 16). */
const directory = join(import.meta.dirname, '../../../tests/golden');

type Message = {
  readonly type: string;
  readonly subject: string;
  readonly data: { readonly [field: string]: unknown };
} & { readonly [attribute: string]: unknown };

export type GoldenMessage = { readonly file: string; readonly text: string; readonly message: Message };

const read = (file: string): GoldenMessage => {
  const text = readFileSync(join(directory, file), 'utf8');
  return { file, text, message: JSON.parse(text) };
};

/** Every golden message of every version, events and outputs. */
export const goldenMessages: readonly GoldenMessage[] = readdirSync(directory, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.json'))
  .toSorted()
  .map(read);

/** The fullest golden message of a type: its file is named by nothing else. */
export const goldenOf = (type: string): GoldenMessage => {
  const found = goldenMessages.find(({ file }) => basename(file) === `${type}.json`);
  if (!found) throw new Error(`no golden message of ${type}`);
  return found;
};
