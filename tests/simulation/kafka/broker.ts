import { topics } from '@alo/contracts';
import { outputTopics } from '../../../packages/runtime/src/kafka/messages.ts';
import type { FetchedRecord } from '../../../packages/runtime/src/kafka/record-batches.ts';
import type { Reply } from '../network.ts';
import type { World } from '../world.ts';
import { type Identity, kafkaError, makeCoordinator } from './coordinator.ts';
import { type Message, makePartitionLog, type PartitionLog } from './partition-log.ts';

/** What a producer sends to one partition. */
export type Sending = { readonly log: PartitionLog; readonly messages: readonly Message[]; readonly sequence: number };

export type FetchedPage = { readonly records: readonly FetchedRecord[]; readonly end: number };

/** The brokers that lead partitions. */
const nodes = ['1', '2'];

/** A cluster of brokers: partitions by name, and the coordinator of their transactions. */
export const makeBroker = (world: World) => {
  const logs = new Map<string, PartitionLog>();
  const coordinator = makeCoordinator(world);

  const log = (topic: string, partition: number): PartitionLog => {
    const name = `${topic}/${partition}`;
    let found = logs.get(name);
    if (!found) {
      found = makePartitionLog(name);
      logs.set(name, found);
    }
    return found;
  };

  /** Compaction may leave a batch without records, which comes as nothing. */
  const page = (from: PartitionLog, offset: number): FetchedPage => {
    const records = from.from(offset, world.chance.between(1, 6));
    const isHole = records.length > 0 && (records[0]?.offset ?? 0) > offset && world.chance.happens(0.5);
    return { records: isHole ? [] : records, end: from.end() };
  };

  const waitFor = (from: PartitionLog, offset: number, waitMs: number, reply: Reply<FetchedPage>): void => {
    let isOver = false;
    const answer = () => {
      if (isOver) return;
      isOver = true;
      if (offset > from.end()) reply.fail(kafkaError('OFFSET_OUT_OF_RANGE'));
      else reply.done(page(from, offset));
    };
    from.onAppend(() => world.scheduler.after(0, answer));
    world.scheduler.after(waitMs * 1000, answer);
  };

  /** Every partition has one of two leaders, and at times the other. */
  const leaders = new Map<PartitionLog, string>();
  const leaderOf = (of: PartitionLog): string => leaders.get(of) ?? nodes[of.name.length % nodes.length]!;

  return {
    coordinator,
    log,
    leaderOf,
    /** Does the leader of a partition change now, before or after it has taken what is sent? */
    moving: (of: PartitionLog): 'before' | 'after' | undefined => {
      if (!world.chance.happens(world.trouble.moved)) return undefined;
      leaders.set(of, nodes.find((node) => node !== leaderOf(of))!);
      if (world.isTold) world.tell('kafka', `${of.name} is led by broker ${leaderOf(of)} now`);
      return world.chance.happens(0.5) ? 'before' : 'after';
    },
    logs: (): readonly PartitionLog[] => [...logs.values()],
    outputLogs: (partition: number): readonly PartitionLog[] => outputTopics.map((topic) => log(topic, partition)),
    receipts: (partition: number): PartitionLog => log(topics.receipts, partition),
    journal: (partition: number): PartitionLog => log(topics.journal, partition),
    /** Answers once there is something, or after a time with nothing. */
    fetch: (from: PartitionLog, offset: number, waitMs: number, reply: Reply<FetchedPage>): void => {
      const isOut = offset < from.first() || offset > from.end();
      if (isOut) reply.fail(kafkaError('OFFSET_OUT_OF_RANGE'));
      else if (offset < from.end()) reply.done(page(from, offset));
      else waitFor(from, offset, waitMs, reply);
    },
    /** Appends to one partition what belongs to a transaction that is open, each batch once. */
    produce: (identity: Identity, { log: to, messages, sequence }: Sending): Error | undefined => {
      const transaction = coordinator.openFor(identity, to);
      if (!transaction) return kafkaError('INVALID_PRODUCER_EPOCH');
      const place = to.placeOf({ ...identity, sequence }, messages.length);
      if (place === 'gap') return kafkaError('OUT_OF_ORDER_SEQUENCE_NUMBER');
      if (place === 'next') for (const message of messages) to.append(message, 0, transaction);
      return undefined;
    },
  };
};

export type Broker = ReturnType<typeof makeBroker>;
