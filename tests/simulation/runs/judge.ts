import { compareUtf8 } from '@alo/domain';
import type { Published } from '../../../packages/runtime/src/ports.ts';
import { nothingSaid, publishable } from '../../../packages/runtime/src/publishable.ts';
import { type AnyCore, trueCores } from '../cores.ts';
import { foldJournal, type Reference } from '../reference.ts';
import type { Database, Machine } from './machine.ts';
import type { RunsPlan } from './plan.ts';
import { recordsIn } from './store.ts';

/** What the sinks held before the first run, which stays. */
export const stoodThere = 'what stood there before\n';

const core: AnyCore = trueCores.alo;

const byteOrderMark = Buffer.from('\ufeff');

/** The lines of a file; a byte order mark at its head is no part of the first. */
const bytesOf = (lines: readonly Uint8Array[]): Buffer => {
  const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
  return bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? bytes.subarray(byteOrderMark.length) : bytes;
};

/** Each line of each file is in the journal once, in its order. */
const journalProblem = ({ files }: RunsPlan, { rows, inputs }: Database): string | undefined => {
  let next = 0;
  for (const { offset, appendedAt } of rows) {
    if (offset !== next) return `the journal goes on with offset ${offset} where ${next} comes`;
    next = offset + appendedAt.length;
  }
  for (const [n, lines] of files.entries()) {
    const own = [...inputs.values()].filter(({ name }) => name === fileName(n));
    // Of a file in which there is nothing yet, nothing is noted.
    if (own.length !== (lines.length === 0 ? 0 : 1)) return `${fileName(n)} is ${own.length} inputs`;
    if (lines.length === 0) continue;
    const read = rows.filter(({ input }) => input?.input === own[0]?.input).map((row) => row.lines);
    if (!Buffer.concat(read).equals(bytesOf(lines)))
      return `the journal does not hold ${fileName(n)} once, line by line`;
  }
  return undefined;
};

export const fileName = (n: number): string => `/events-${n}`;

const expectedOutputs = ({ said }: Reference): { readonly outputs: Published[]; readonly digest: string } => {
  let soFar = nothingSaid;
  const outputs = said.map(({ output, record }) => {
    const made = publishable(output, record, soFar);
    soFar = made.said;
    return made.published;
  });
  return { outputs, digest: soFar.digest };
};

const textOf = (published: Published | undefined): string =>
  JSON.stringify(published, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value));

const outputProblem = (found: readonly Published[], expected: readonly Published[]): string | undefined => {
  const n = expected.findIndex((output, at) => textOf(output) !== textOf(found[at]));
  if (n !== -1) return `output ${n} is ${textOf(found[n])}, and not ${textOf(expected[n])}`;
  return found.length === expected.length ? undefined : `there are ${found.length} outputs, and not ${expected.length}`;
};

const lineOf = (output: Published): string => {
  if (output.kind === 'trigger') return output.text;
  const { line, code, message, bytes } = output;
  const text = Buffer.from(bytes).toString('utf8');
  const isText = Buffer.from(text).equals(Buffer.from(bytes));
  return JSON.stringify({
    line,
    code,
    message,
    ...(isText ? { text } : { base64: Buffer.from(bytes).toString('base64') }),
  });
};

/** A sink holds what stood there, and each output of its kind once, in order. */
const sinkProblem = (
  { files }: Machine,
  path: string,
  kind: Published['kind'],
  outputs: readonly Published[],
): string | undefined => {
  const expected = outputs.filter((output) => output.kind === kind).map((output) => `${lineOf(output)}\n`);
  const found = files.get(path)?.bytes.toString('utf8') ?? '';
  const wanted = stoodThere + expected.join('');
  if (found === wanted) return undefined;
  const at = [...wanted].findIndex((char, n) => char !== found[n]);
  return `${path} differs from what was published from character ${at} on: ${JSON.stringify(found.slice(Math.max(0, at), at + 120))}`;
};

const markProblem = ({ contents, rows }: Database, { header }: Reference, outputs: number, digest: string) => {
  const last = rows.at(-1);
  if (!last) return undefined;
  const end = last.offset + last.appendedAt.length;
  for (const [name, mark] of [
    ['C', contents.receipt],
    ['R', contents.applied],
  ] as const) {
    if (mark?.offset !== end || mark.step !== 0)
      return `${name} is ${mark?.offset}/${mark?.step}, and the journal ends at ${end}`;
    if (mark.count !== outputs || mark.digest !== digest) return `${name} knows of ${mark.count} outputs, or of others`;
  }
  return contents.applied?.header === header ? undefined : 'R holds another header than the fold gives';
};

const stateProblem = ({ contents }: Database, { states }: Reference): string | undefined => {
  const names = [...contents.subscribers.keys()].sort(compareUtf8);
  if (names.length !== states.size) return `there are ${names.length} subscribers, and not ${states.size}`;
  for (const [subscriber, { value, dueAt }] of states) {
    const stored = contents.subscribers.get(subscriber);
    if (!stored || !value.equals(stored.value)) return `${subscriber} has another state than the fold gives`;
    if (stored.dueAt !== dueAt) return `${subscriber} is due at ${stored.dueAt}, and not at ${dueAt}`;
  }
  return undefined;
};

/** What is wrong with what a life of runs has left, in a sentence; undefined where all is as it must be. */
export const problemOfRuns = (plan: RunsPlan, machine: Machine): string | undefined => {
  const { database } = machine;
  const broken = journalProblem(plan, database);
  if (broken) return broken;
  const reference = foldJournal(core, database.rows.flatMap(recordsIn));
  const { outputs, digest } = expectedOutputs(reference);
  return (
    outputProblem(database.contents.outputs, outputs) ??
    sinkProblem(machine, '/out', 'trigger', outputs) ??
    sinkProblem(machine, '/dead-letters', 'dead-letter', outputs) ??
    markProblem(database, reference, outputs.length, digest) ??
    stateProblem(database, reference)
  );
};
