import { topics } from '@alo/contracts';
import { aloCore } from '@alo/domain';
import { messageOf, outputTopics } from '../../packages/runtime/src/kafka/messages.ts';
import type { FetchedRecord } from '../../packages/runtime/src/kafka/record-batches.ts';
import type { Applied, JournalRecord, Published } from '../../packages/runtime/src/ports.ts';
import { nothingSaid, publishable } from '../../packages/runtime/src/publishable.ts';
import { keysOf } from '../../packages/runtime/src/redis/partition-keys.ts';
import { readApplied } from '../../packages/runtime/src/redis/read-applied.ts';
import { readStored } from '../../packages/runtime/src/redis/stored-value.ts';
import { committedOf } from '../kafka/committed-outputs.ts';
import type { AnyCore } from '../simulation/cores.ts';
import { foldJournal, type Reference } from '../simulation/reference.ts';
import { type ConsoleRecord, readByConsole } from './console-consumer.ts';
import { sourceNames } from './load.ts';
import { type Site, sourcePartitions } from './site.ts';

/** What is wrong at the end of a run, and how much was looked at. */
export type Verdict = {
  readonly sources: number;
  readonly journal: number;
  readonly outputs: number;
  readonly subscribers: number;
  /** Written by the operator, and neither in the journal nor in the dead letters of intake. */
  readonly lostAtIntake: number;
  readonly lost: number;
  readonly doubled: number;
  readonly foreign: number;
  /** The first things that are wrong, in sentences. */
  readonly problems: readonly string[];
};

type Content = {
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
};

/** A trace is no part of what is said. */
const shown = ({ key, headers, value }: Content): string => {
  const { traceparent: _, tracestate: __, ...meaning } = headers;
  return JSON.stringify([key, Object.entries(meaning).sort(([a], [b]) => (a < b ? -1 : 1)), value]);
};

/** Each byte a character; nothing is as empty. */
const latin1 = (bytes: unknown): string => Buffer.from((bytes ?? '') as Uint8Array | string).toString('latin1');

const headersOf = (headers: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(headers as Record<string, unknown>).map(([name, value]) => [name, latin1(value)]));

const shownMessage = (published: Published, partition: number): { readonly topic: string; readonly text: string } => {
  const { topic, message } = messageOf(published, partition);
  const { key, headers, value } = message;
  const content = { key: key === null ? null : latin1(key), headers: headersOf(headers), value: latin1(value) };
  return { topic, text: shown(content) };
};

const shownRecord = ({ key, headers, value }: FetchedRecord): string =>
  shown({ key: key === null ? null : latin1(key), headers: headersOf(headers), value: latin1(value) });

const counted = (texts: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
};

type Difference = Pick<Verdict, 'lost' | 'doubled' | 'foreign' | 'problems'>;

const clip = (text: string): string => (text.length > 400 ? `${text.slice(0, 400)}…` : text);

/** What a reader has found in a topic, against what must be there, in order. */
export const differenceOf = (name: string, expected: readonly string[], found: readonly string[]): Difference => {
  const [wanted, there] = [counted(expected), counted(found)];
  const sumOver = (of: Map<string, number>, more: (text: string, count: number) => number) =>
    [...of].reduce((sum, [text, count]) => sum + more(text, count), 0);
  const lost = sumOver(wanted, (text, count) => Math.max(0, count - (there.get(text) ?? 0)));
  const foreign = sumOver(there, (text, count) => (wanted.has(text) ? 0 : count));
  const doubled = sumOver(there, (text, count) =>
    Math.max(0, wanted.has(text) ? count - (wanted.get(text) as number) : 0),
  );
  const at = expected.findIndex((text, n) => text !== found[n]);
  const first = at === -1 ? expected.length : at;
  const isSame = at === -1 && expected.length === found.length;
  return {
    lost,
    doubled,
    foreign,
    problems: isSame
      ? []
      : [
          `${name} holds as output ${first} ${clip(found[first] ?? 'nothing')}, and not ${clip(expected[first] ?? 'nothing')}`,
        ],
  };
};

const journalOf = (records: readonly FetchedRecord[]): JournalRecord[] =>
  records.map(({ offset, timestamp, value }) => ({
    offset,
    appendedAt: timestamp,
    ahead: false,
    bytes: value ?? new Uint8Array(0),
  }));

const core = aloCore as unknown as AnyCore;

/** What must be published, topic by topic, and what then is said in all. */
const expectedOf = ({ said }: Reference, partition: number) => {
  let total = nothingSaid;
  const byTopic = new Map<string, string[]>(outputTopics.map((topic) => [topic, []]));
  for (const { output, record } of said) {
    const made = publishable(output, record, total);
    total = made.said;
    const { topic, text } = shownMessage(made.published, partition);
    byTopic.get(topic)?.push(text);
  }
  return { byTopic, total };
};

const markProblem = (
  partition: number,
  applied: Applied | undefined,
  end: number,
  reference: Reference,
  digest: string,
): string[] => {
  if (applied?.offset !== end || applied.step !== 0)
    return [`R of partition ${partition} is ${applied?.offset}/${applied?.step}, and the journal ends at ${end}`];
  if (applied.count !== reference.said.length || applied.digest !== digest)
    return [
      `R of partition ${partition} knows of ${applied.count} outputs, and the fold gives ${reference.said.length}`,
    ];
  return applied.header === reference.header
    ? []
    : [`R of partition ${partition} holds another header than the fold gives`];
};

const chunk = 500;

/** Every state in Redis against what the fold gives, and the index against the states. */
const stateProblems = async ({ states }: Site, partition: number, reference: Reference): Promise<string[]> => {
  const keys = keysOf({ prefix: 'alo', partition });
  const names = [...reference.states.keys()];
  const problems: string[] = [];
  const known = new Set<string>();
  for await (const found of states.redis.scanStream({
    match: `${keys.subscribers.replace(/[{}]/g, '\\$&')}*`,
    count: 1000,
  }))
    for (const key of found as string[]) known.add(key);
  if (known.size !== names.length)
    problems.push(
      `Redis holds ${known.size} subscribers of partition ${partition}, and the fold gives ${names.length}`,
    );
  for (let at = 0; at < names.length; at += chunk) {
    const part = names.slice(at, at + chunk);
    const values = await states.redis.mgetBuffer(part.map((name) => keys.subscribers + name));
    const scores = await states.redis.zmscore(keys.due, ...part);
    part.forEach((name, n) => {
      const { value, dueAt } = reference.states.get(name)!;
      const stored = values[n] && readStored(values[n]);
      const score = scores[n];
      if (!stored || !value.equals(stored.value))
        problems.push(`a subscriber of partition ${partition} has another state than the fold gives`);
      else if (stored.dueAt !== dueAt)
        problems.push(`a subscriber of partition ${partition} is due at ${stored.dueAt}, and not at ${dueAt}`);
      // Too early is harmless: who is woken without cause is indexed anew.
      else if (dueAt !== undefined && !(score != null && Number(score) <= dueAt))
        problems.push(`the index of partition ${partition} has a subscriber at ${score}, and not at ${dueAt}`);
    });
  }
  return problems;
};

type Part = Difference & Pick<Verdict, 'journal' | 'outputs' | 'subscribers'> & { readonly ids: readonly string[] };

const identityOf = ({ source, id }: { readonly source?: unknown; readonly id?: unknown }): string =>
  JSON.stringify([source, id]);

const identityIn = (bytes: Uint8Array): string | undefined => {
  try {
    return identityOf(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return undefined;
  }
};

const shownByConsole = ({ key, headers, value }: ConsoleRecord): string =>
  shown({
    key: key === null ? null : latin1(key),
    headers: Object.fromEntries(headers.map((header) => [header.name, latin1(header.value)])),
    value: latin1(value),
  });

const nothingWrong: Difference = { lost: 0, doubled: 0, foreign: 0, problems: [] };

/** Two readers look at the same: alo's own, and Kafka's console consumer. */
const readersDiffer = (name: string, own: readonly string[], second: readonly string[]): Difference => {
  const isSame = own.length === second.length && own.every((text, n) => text === second[n]);
  const problem = `${name}: the console consumer has read ${second.length} records, and alo's reader ${own.length}, and not the same`;
  return { ...nothingWrong, problems: isSame ? [] : [problem] };
};

const checkPartition = async (site: Site, partition: number, second: readonly ConsoleRecord[]): Promise<Part> => {
  const journal = journalOf(await committedOf(site.kafka, topics.journal, partition));
  const reference = foldJournal(core, journal);
  const { byTopic, total } = expectedOf(reference, partition);
  const differences: Difference[] = [];
  let outputs = 0;
  for (const [topic, expected] of byTopic) {
    const found = (await committedOf(site.kafka, topic, partition)).map(shownRecord);
    const read = second.filter((record) => record.topic === topic && record.partition === partition);
    const name = `${topic}/${partition}`;
    outputs += found.length;
    differences.push(differenceOf(name, expected, found), readersDiffer(name, found, read.map(shownByConsole)));
  }
  const applied = await readApplied(site.states, { prefix: 'alo', partition });
  const sum = (of: (difference: Difference) => number) => differences.reduce((total, one) => total + of(one), 0);
  return {
    journal: journal.length,
    outputs,
    subscribers: reference.states.size,
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    foreign: sum(({ foreign }) => foreign),
    problems: [
      ...differences.flatMap(({ problems }) => problems),
      ...markProblem(partition, applied, journal.length, reference, total.digest),
      ...(await stateProblems(site, partition, reference)),
    ],
    ids: journal.flatMap(({ bytes }) => identityIn(bytes) ?? []),
  };
};

/** Every record of the operator's is in the journal, or lies in the dead letters of intake. */
const checkIntake = async ({ kafka, numbers }: Site, inJournal: ReadonlySet<string>) => {
  const letters = await Promise.all(
    numbers.map((partition) => committedOf(kafka, topics.intakeDeadLetters, partition)),
  );
  const refused = new Set(letters.flat().map(({ key }) => String(key)));
  let sources = 0;
  let lost = 0;
  const problems: string[] = [];
  for (const topic of Object.values(sourceNames)) {
    for (let partition = 0; partition < sourcePartitions; partition += 1) {
      for (const record of await committedOf(kafka, topic, partition)) {
        sources += 1;
        const place = `${topic}/${partition}/${record.offset}`;
        if (refused.has(place) || inJournal.has(identityAt(topic, record) ?? '')) continue;
        lost += 1;
        if (lost === 1) problems.push(`${place} is neither in the journal nor in the dead letters of intake`);
      }
    }
  }
  return { sources, lost, problems };
};

const identityAt = (topic: string, { headers, value }: FetchedRecord): string | undefined => {
  if (topic === sourceNames.life) return identityOf({ source: textOf(headers.ce_source), id: textOf(headers.ce_id) });
  if (topic !== sourceNames.calls) return identityIn(value ?? new Uint8Array(0));
  const { number } = JSON.parse(String(value)) as { readonly number: string };
  return identityOf({ source: '/switch/calls', id: number });
};

const textOf = (header: unknown): string | undefined => (header === undefined ? undefined : String(header));

const problemsMax = 20;

/** Looks at all that a run has left, when everything has come to rest. */
export const checkSite = async (site: Site): Promise<Verdict> => {
  const second = await readByConsole({ brokers: site.cluster.brokers, topics: outputTopics });
  const parts: Part[] = [];
  for (const partition of site.numbers) parts.push(await checkPartition(site, partition, second));
  const intake = await checkIntake(site, new Set(parts.flatMap(({ ids }) => ids)));
  const sum = (of: (part: Part) => number) => parts.reduce((total, part) => total + of(part), 0);
  return {
    sources: intake.sources,
    journal: sum(({ journal }) => journal),
    outputs: sum(({ outputs }) => outputs),
    subscribers: sum(({ subscribers }) => subscribers),
    lostAtIntake: intake.lost,
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    foreign: sum(({ foreign }) => foreign),
    problems: [...intake.problems, ...parts.flatMap(({ problems }) => problems)].slice(0, problemsMax),
  };
};
