import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatInstant, topicOf } from '@alo/contracts';
import type { Published } from '@alo/runtime';
import type { FetchedRecord } from '../../packages/runtime/src/kafka/record-batches.ts';
import { alo } from '../cli/alo-process.ts';

/** What was said, topic by topic in order: triggers as JSON with their names in order, dead letters by their code. */
export type ToldOutput = Readonly<Record<string, readonly string[]>>;

const sorted = (event: Record<string, unknown>): string => {
  const { traceparent: _, ...told } = event;
  return JSON.stringify(Object.fromEntries(Object.entries(told).sort(([a], [b]) => (a < b ? -1 : 1))));
};

const byTopic = (told: readonly (readonly [topic: string, text: string])[]): ToldOutput =>
  Object.fromEntries(
    [...Map.groupBy(told, ([topic]) => topic)].map(([topic, of]) => [topic, of.map(([, text]) => text)]),
  );

const deadLetters = 'alo.dead-letters.v1';

export const toldOutputs = (outputs: readonly Published[]): ToldOutput =>
  byTopic(
    outputs.map((output) =>
      output.kind === 'trigger'
        ? [output.topic, sorted(JSON.parse(output.text))]
        : [
            deadLetters,
            JSON.stringify([output.offset, output.code, output.message, Buffer.from(output.bytes).toString()]),
          ],
    ),
  );

/** A record as a line for `alo run`, which takes its append time from the line. Lines that are no objects pass. */
const lineOf = ({ value, timestamp }: FetchedRecord): string => {
  const text = String(value);
  const stamp = `"recordedtime":"${formatInstant(timestamp)}"`;
  return text.startsWith('{"') ? `{${stamp},${text.slice(1)}` : text;
};

const linesIn = (file: string): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);

/** Folds a journal as `alo run` does: its records as lines, each with its append time. */
export const foldedOutputs = async (journal: readonly FetchedRecord[], policy: string): Promise<ToldOutput> => {
  const folder = mkdtempSync(join(tmpdir(), 'alo-folded-'));
  try {
    const [events, out, dead] = ['events', 'out', 'dead'].map((name) => join(folder, name)) as [string, string, string];
    writeFileSync(events, journal.map((record) => `${lineOf(record)}\n`).join(''));
    const ended = await alo(['run', '--policy', policy, '--events', events, '--out', out, '--dead-letters', dead]);
    if (ended.code !== 0) throw new Error(ended.stderr);
    const triggers = linesIn(out).map((line) => JSON.parse(line));
    const letters = linesIn(dead).map((line) => JSON.parse(line) as { line: number; code: string; message: string });
    return byTopic([
      ...triggers.map((trigger) => [topicOf(trigger), sorted(trigger)] as const),
      ...letters.map(
        ({ line, code, message }) =>
          [deadLetters, JSON.stringify([line - 1, code, message, String(journal[line - 1]?.value)])] as const,
      ),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
