import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PartitionStopped, WrongUse } from '@alo/runtime';
import type { KeyedMessage } from '@alo/runtime/live';
import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import {
  countArgument,
  durationArgument,
  instantArgument,
  monthArgument,
  numberArgument,
} from '../../../services/cli/src/commands/arguments.ts';
import { nothingSent, sendBlock } from '../../../services/cli/src/live/send/send-lines.ts';
import { readTopicsFile, topicsFile } from '../../../services/cli/src/live/topics/topics-file.ts';
import { type Block, readBlocks } from '../../../services/cli/src/run/lines.ts';
import { run } from '../../../services/cli/src/run/run.ts';
import { eventTexts } from '../corpus/messages.ts';
import { policyTexts } from '../corpus/policies.ts';
import { type Door, insist, insistTellable, makeDoor, type Outcome } from '../door.ts';
import { editedText, renderText } from '../edits/edited.ts';
import { oddName, oddText } from '../edits/odd-texts.ts';

const isWrongUse = (error: unknown): boolean => error instanceof WrongUse;

const manyLines = fc.array(editedText, { maxLength: 12 });
const separators = ['\n', '\r\n', '\n\n', '\u2028\n'];

const fileCase = fc.record({
  lines: manyLines,
  separator: fc.constantFrom(...separators),
  hasMark: fc.boolean(),
  isEnded: fc.boolean(),
});
type FileCase = typeof fileCase extends fc.Arbitrary<infer Case> ? Case : never;

const fileOf = ({ lines, separator, hasMark, isEnded }: FileCase): Buffer =>
  Buffer.concat([
    Buffer.from(hasMark ? '\ufeff' : ''),
    ...lines.flatMap((line, n) => [Buffer.from(n === 0 ? '' : separator), renderText(eventTexts, line)]),
    Buffer.from(isEnded ? '\n' : ''),
  ]);

async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] as number;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const blocksOf = async (bytes: Buffer, sizes: readonly number[]): Promise<Block[]> => {
  const blocks: Block[] = [];
  for await (const block of readBlocks(inChunks(bytes, sizes))) blocks.push(block);
  return blocks;
};

const withoutMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, 3).equals(Buffer.from('\ufeff')) ? bytes.subarray(3) : bytes;

/** The whole lines of a file: without the mark at its head, and with an end to the last. */
const wholeLines = (bytes: Buffer): Buffer =>
  withoutMark(bytes.length === 0 || bytes.at(-1) === 10 ? bytes : Buffer.concat([bytes, Buffer.from('\n')]));

/** Sends what is in the blocks to nobody, and tells how many messages there were. */
const sentOf = async (blocks: readonly Block[]): Promise<number> => {
  const messages: KeyedMessage[] = [];
  const write = async (_topic: string, those: readonly KeyedMessage[]) => {
    messages.push(...those);
    return [];
  };
  let sent = nothingSent;
  for (const block of blocks) sent = await sendBlock({ write } as never, 'topic', block, sent);
  insist(messages.length === sent.sent, 'another number of lines is told than was sent');
  return sent.sent + sent.empty;
};

const lines = makeDoor({
  name: 'lines',
  casesPerRound: 300,
  cases: fc.record({
    file: fileCase,
    sizes: fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 4 }),
  }),
  render: ({ file, sizes }) => ({ bytes: fileOf(file), sizes }),
  enter: async ({ bytes, sizes }): Promise<Outcome> => {
    const blocks = await blocksOf(bytes, bytes.length > 100_000 ? [65_536] : sizes);
    const whole = wholeLines(bytes);
    insist(Buffer.concat(blocks.map((block) => block.bytes)).equals(whole), 'bytes are lost where lines are cut');
    const count = blocks.reduce((sum, { ends }) => sum + ends.length, 0);
    insist(count === whole.filter((byte) => byte === 10).length, 'lines are not counted as they are');
    insist((await sentOf(blocks)) === count, 'a line is neither sent nor empty');
    return count > 0 ? 'taken' : 'refused';
  },
});

const withFolder = async <Result>(use: (path: (name: string) => string) => Promise<Result>): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'alo-fuzz-'));
  try {
    return await use((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

type Letter = { readonly line: number; readonly message: string; readonly text?: string; readonly base64?: string };

const lettersIn = (file: string): Letter[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** A refused line lies among the dead letters, byte for byte. */
const insistWhole = ({ line, message, text, base64 }: Letter, given: readonly Buffer[]): void => {
  insistTellable(message);
  const kept = text === undefined ? Buffer.from(base64 as string, 'base64') : Buffer.from(text);
  insist(kept.equals(given[line - 1] as Buffer), `line ${line} is not among the dead letters as it came`);
};

const linesIn = (bytes: Buffer): Buffer[] => {
  const whole = wholeLines(bytes);
  const found: Buffer[] = [];
  for (let from = 0, to = whole.indexOf(10); to !== -1; from = to + 1, to = whole.indexOf(10, from)) {
    found.push(whole.subarray(from, to));
  }
  return found;
};

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, count) => all + count, 0);

const runCase = fc.record({ file: fileCase, policy: editedText });

/** The policy is wrong in most cases; in the others all lines are accounted for. */
const runs = makeDoor({
  name: 'run',
  casesPerRound: 6,
  cases: runCase,
  render: ({ file, policy }) => ({
    events: fileOf(file),
    policy: policy.json.length > 2 ? renderText(policyTexts, policy) : Buffer.from(policyTexts[0] as string),
  }),
  enter: ({ events, policy }) =>
    withFolder(async (path): Promise<Outcome> => {
      writeFileSync(path('events.ndjson'), events);
      writeFileSync(path('policy.json'), policy);
      const { tally } = await run({
        ...{ policy: path('policy.json'), events: path('events.ndjson'), maxGapMs: 31 * 86_400_000 },
        ...{ out: path('out.ndjson'), deadLetters: path('dead.ndjson') },
      });
      const given = linesIn(events);
      const letters = lettersIn(path('dead.ndjson'));
      insist(tally.linesRead === given.length, 'another number of lines was read than there are');
      insist(letters.length === sum(tally.refusals), 'another number of dead letters is there than was refused');
      for (const letter of letters) insistWhole(letter, given);
      return tally.eventsTaken > 0 ? 'taken' : 'refused';
    }),
  /** Another policy under the same version may come in the lines. */
  refuses: (error) => isWrongUse(error) || error instanceof PartitionStopped,
});

const topicsTexts = [readFileSync(topicsFile, 'utf8')];

const topics = makeDoor({
  name: 'topics-file',
  casesPerRound: 200,
  cases: editedText,
  render: (one) => renderText(topicsTexts, one),
  enter: (bytes) =>
    withFolder(async (path): Promise<Outcome> => {
      writeFileSync(path('topics.json'), bytes);
      await readTopicsFile(path('topics.json'));
      return 'taken';
    }),
  refuses: isWrongUse,
});

const parsers = { instantArgument, durationArgument, numberArgument, monthArgument, countArgument };
const parserName = fc.constantFrom(...(Object.keys(parsers) as (keyof typeof parsers)[]));
const usualArguments = ['2026-08-01T00:00:00+07:00', 'P31D', '12.5', '2026-07', '3'];

/** The text in quotes, where it is one. */
const unquoted = (text: string): string => text.replace(/^"|"$/g, '');

const argument = fc.oneof(
  fc.constantFrom(...usualArguments),
  fc.string({ unit: 'binary' }),
  oddName.map((name) => unquoted(oddText(name))),
);

const options = makeDoor({
  name: 'arguments',
  casesPerRound: 1500,
  cases: fc.tuple(parserName, argument),
  render: (one) => one,
  enter: ([name, text]): Outcome => {
    insist(Number.isFinite(parsers[name](text)), `${name} makes no number of ${JSON.stringify(text)}`);
    return 'taken';
  },
  refuses: (error) => error instanceof InvalidArgumentError,
});

export const commandLineDoors: readonly Door[] = [lines, runs, topics, options];
