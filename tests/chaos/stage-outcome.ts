import { topics } from '@alo/contracts';
import { aloCore } from '@alo/domain';
import type { RedisConnection } from '@alo/runtime/live';
import type { Kafka } from 'kafkajs';
import type { JournalRecord, Published } from '../../packages/runtime/src/ports.ts';
import { nothingSaid, publishable } from '../../packages/runtime/src/publishable.ts';
import { keysOf, type PartitionPlace } from '../../packages/runtime/src/redis/partition-keys.ts';
import { readStored } from '../../packages/runtime/src/redis/stored-value.ts';
import { committedOf, committedOutputs } from '../kafka/committed-outputs.ts';
import type { AnyCore } from '../simulation/cores.ts';
import { foldJournal, type Reference } from '../simulation/reference.ts';

/** A partition at rest, and where it lies. */
export type Left = {
  readonly kafka: Kafka;
  readonly states: RedisConnection;
  readonly prefix: string;
  readonly place: PartitionPlace;
};

const core = aloCore as unknown as AnyCore;

const foldedFrom = async ({ kafka, prefix, place }: Left): Promise<Reference> => {
  const records = await committedOf(kafka, `${prefix}${topics.journal}`, place.partition);
  const journal: JournalRecord[] = records.map(({ offset, timestamp, value }) => ({
    offset,
    appendedAt: timestamp,
    ahead: false,
    bytes: value ?? new Uint8Array(0),
  }));
  return foldJournal(core, journal);
};

const nameOf = (output: Published): string =>
  output.kind === 'trigger' ? `${output.topic} ${output.id}` : `${topics.deadLetters} ${output.offset} ${output.code}`;

const counted = (names: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

/** How many there are more of in one than in the other. */
const excess = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number =>
  [...one].reduce((sum, [name, count]) => sum + Math.max(0, count - (other.get(name) ?? 0)), 0);

const outputProblem = async (left: Left, { said }: Reference): Promise<string | undefined> => {
  const expected = counted(
    said.map(({ output, record }) => nameOf(publishable(output, record, nothingSaid).published)),
  );
  const told = counted((await committedOutputs(left.kafka, left.prefix, left.place.partition)).map(nameOf));
  const [lost, surplus] = [excess(expected, told), excess(told, expected)];
  return lost + surplus === 0 ? undefined : `${lost} outputs are lost, and ${surplus} doubled or foreign`;
};

const stateProblem = async ({ states, place }: Left, reference: Reference): Promise<string | undefined> => {
  const { subscribers } = keysOf(place);
  const names = [...reference.states.keys()];
  const values = names.length === 0 ? [] : await states.redis.mgetBuffer(names.map((name) => subscribers + name));
  const others = names.filter((name, n) => {
    const stored = values[n] && readStored(values[n]);
    const { value, dueAt } = reference.states.get(name)!;
    return !stored || !value.equals(stored.value) || stored.dueAt !== dueAt;
  });
  return others.length === 0 ? undefined : `${others.length} states are not what the journal comes to`;
};

/** What of a partition at rest is not what its journal comes to; undefined where all of it is. */
export const differenceIn = async (left: Left): Promise<string | undefined> => {
  const reference = await foldedFrom(left);
  return (await outputProblem(left, reference)) ?? (await stateProblem(left, reference));
};
