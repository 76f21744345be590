import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { topics } from '@alo/contracts';
import { connectKafka, connectRedis, partitionBounds, readApplied } from '@alo/runtime/live';
import type { Admin, ITopicConfig, Message } from 'kafkajs';
import { outputTopics } from '../../packages/runtime/src/kafka/messages.ts';
import { keysOf } from '../../packages/runtime/src/redis/partition-keys.ts';
import { committedOf } from '../kafka/committed-outputs.ts';
import { createTopics, ownPrefix } from '../kafka/topics.ts';
import { activation } from './stage-lines.ts';
import { differenceIn } from './stage-outcome.ts';
import { supervise } from './supervised.ts';
import type { Variant } from './variants.ts';

const mobifone = JSON.parse(readFileSync(join(import.meta.dirname, '../../infra/policies/mobifone.json'), 'utf8'));
const partition = 0;
const pollMs = 30;
/** Whoever has not come so far by then stands still. */
const restMsMax = 20_000;
/** What must happen for a scene to go on; else it is a fault of the scene. */
const cueMsMax = 60_000;
const sendMax = 1000;

type ConfigEntries = NonNullable<ITopicConfig['configEntries']>[number];
const logAppendTime = ['message.timestamp.type', 'LogAppendTime'] as const;
const compacted = ['cleanup.policy', 'compact'] as const;

export type StageOptions = {
  readonly brokers: string;
  readonly redisUrl: string;
  /** The safeguard that every engine is without; none where it is empty. */
  readonly sabotage: string;
};

/** An engine: started once, it stays down once it has ended. */
export type Player = {
  readonly name: string;
  readonly hasSaid: (form: RegExp) => boolean;
  readonly said: (form: RegExp) => Promise<void>;
  /** Waits until its first fail point has befallen it. */
  readonly met: () => Promise<void>;
  readonly hasEnded: () => boolean;
  readonly ended: () => Promise<void>;
  readonly resume: () => void;
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (let waitedMs = 0; !(await isSo()); waitedMs += pollMs) {
    if (waitedMs > cueMsMax) throw new Error(`${what}: not after ${cueMsMax} ms`);
    await delay(pollMs);
  }
};

const hasStopped = /partition 0 has stopped: (.*?)"/;
const isUnverified = /whose R was lost/;

/** One partition on real servers, under names of its own, and engines that come and go. */
export const openStage = async ({ brokers, redisUrl, sabotage }: StageOptions) => {
  const prefix = ownPrefix();
  const place = { prefix: prefix.replace('.', ''), partition };
  const journal = `${prefix}${topics.journal}`;
  const receipts = `${prefix}${topics.receipts}`;
  const kafka = connectKafka(
    { KAFKA_BROKERS: brokers.split(','), KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: prefix },
    { clientId: 'stage' },
  );
  const states = connectRedis({ REDIS_URL: redisUrl, REDIS_KEY_PREFIX: place.prefix }, { name: 'stage' });
  const folder = mkdtempSync(join(tmpdir(), 'alo-stage-'));
  const players: (Player & { readonly close: () => Promise<void> })[] = [];
  const leaving: (() => Promise<void>)[] = [];
  const lines: string[] = [];
  await Promise.all([createTopics(kafka, prefix, 1), states.whenReady(cueMsMax)]);

  /** Each in a group of its own: nobody waits for the session of another, and nobody is told that it was overtaken. */
  const start = (failPoints = '', variant?: Variant): Player => {
    const name = `${prefix}engine${players.length + 1}`;
    const own: string[] = [];
    const engine = supervise({
      name,
      service: 'engine',
      environment: {
        KAFKA_BROKERS: brokers,
        KAFKA_TOPIC_PREFIX: prefix,
        REDIS_URL: redisUrl,
        REDIS_KEY_PREFIX: place.prefix,
        OTEL_SERVICE_NAME: name,
        ALO_GROUP: name,
        ALO_FAIL_POINTS: failPoints,
        ALO_SABOTAGE: sabotage,
        ALO_VARIANT: variant ?? '',
      },
      log: join(folder, `${name}.log`),
      onSaid: (line) => {
        own.push(line);
        // Another version may stop, and that is no outcome.
        if (variant !== 'another version') lines.push(line);
      },
      onUnexpectedEnd: (how) => lines.push(how),
    });
    const met = engine.failPointMet(cueMsMax);
    engine.release();
    engine.hold();
    const hasSaid = (form: RegExp) => own.some((line) => form.test(line));
    const player = {
      name,
      hasSaid,
      said: (form: RegExp) => until(`${name} says ${form}`, () => hasSaid(form)),
      met: async () => {
        if (!(await met)) throw new Error(`${name} has not come to ${failPoints}:\n${own.join('\n')}`);
      },
      hasEnded: () => !engine.isUp(),
      ended: () => until(`${name} ends`, () => !engine.isUp()),
      resume: engine.resume,
      kill: engine.kill,
      stop: engine.stop,
      close: engine.close,
    };
    players.push(player);
    return player;
  };

  const send = async (topic: string, messages: readonly Message[]): Promise<void> => {
    const producer = kafka.producer();
    await producer.connect();
    for (let from = 0; from < messages.length; from += sendMax) {
      await producer.send({ topic, messages: messages.slice(from, from + sendMax) });
    }
    await producer.disconnect();
  };
  const append = (...values: readonly string[]): Promise<void> =>
    send(
      journal,
      values.map((value) => ({ partition, value })),
    );

  const journalEnd = async (): Promise<number> => {
    const [bounds] = await partitionBounds(kafka, [journal]);
    return bounds?.end ?? 0;
  };
  const isAtRest = async (end: number): Promise<boolean> => {
    const applied = await readApplied(states, place);
    return applied?.offset === end && applied.step === 0 && applied.rearmedUpTo === undefined;
  };
  const stopReason = (): string | undefined => lines.flatMap((line) => hasStopped.exec(line)?.[1] ?? [])[0];

  /** Waits until all of the journal is applied; tells what keeps it from being so, or an engine from going on. */
  const rest = async (): Promise<string | undefined> => {
    const end = await journalEnd();
    for (let waitedMs = 0; stopReason() === undefined && !(await isAtRest(end)); waitedMs += pollMs) {
      if (waitedMs > restMsMax) return `R does not come to the end of the journal, offset ${end}`;
      await delay(pollMs);
    }
    return stopReason();
  };

  const withAdmin = async <Result>(use: (admin: Admin) => Promise<Result>): Promise<Result> => {
    const admin = kafka.admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  };

  /** Kafka deletes a topic in its own time: until then there is no other of its name. */
  const make = async (admin: Admin, topic: string, configEntries: ConfigEntries[]): Promise<void> => {
    const wanted = { topic, numPartitions: 1, replicationFactor: 1, configEntries };
    const made = () => admin.createTopics({ waitForLeaders: false, topics: [wanted] }).catch(() => false);
    const isThere = async () => {
      const { topics: found } = await admin.fetchTopicMetadata({ topics: [topic] });
      return found.every(({ partitions: of }) => of.every(({ leader }) => leader >= 0));
    };
    await until(`${topic} is made anew`, made);
    await until(`${topic} is there`, () => isThere().catch(() => false));
  };

  /** Connections of an engine to Redis for the partition, as Redis knows them. */
  const connectionsOf = async ({ name }: Player): Promise<string[]> => {
    const clients = String(await states.redis.client('LIST')).split('\n');
    const own = clients.filter((client) => client.includes(` name=${name}-${partition} `));
    return own.flatMap((client) => /^id=(\d+)/.exec(client)?.[1] ?? []);
  };

  return {
    keys: keysOf(place),
    redis: states.redis,
    start,
    append,
    /** The last receipt, rewritten by another hand. */
    forgeReceipt: async (change: (receipt: object) => object): Promise<void> => {
      const last = (await committedOf(kafka, receipts, partition)).at(-1)!;
      const value = JSON.stringify(change(JSON.parse(String(last.value))));
      await send(receipts, [{ partition, key: last.key && Buffer.from(last.key), value }]);
    },
    /** Waits until what a transaction has left open is decided. */
    decided: async (): Promise<void> => {
      for (let waitedMs = 0; waitedMs < cueMsMax; waitedMs += pollMs) {
        const [bounds] = await partitionBounds(kafka, [receipts]);
        if (bounds?.stable === bounds?.end) return;
        await delay(pollMs);
      }
      throw new Error('a transaction stays open');
    },
    /** Somebody else writes a receipt in a transaction, and does not end it. */
    leaveOpen: async (): Promise<void> => {
      const producer = kafka.producer({ transactionalId: `${prefix}other`, idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      leaving.push(producer.disconnect);
      const transaction = await producer.transaction();
      await transaction.send({ topic: receipts, messages: [{ partition, key: 'other', value: 'other' }] });
    },
    /** A broker leads the partition of these topics from now on, and it alone holds them. */
    lead: (broker: number, those: readonly string[] = [...outputTopics, topics.receipts]): Promise<void> =>
      withAdmin(async (admin) => {
        const names = those.map((topic) => `${prefix}${topic}`);
        const partitionAssignment = [{ partition, replicas: [broker] }];
        await admin.alterPartitionReassignments({ topics: names.map((topic) => ({ topic, partitionAssignment })) });
        await until(`broker ${broker} leads ${names}`, async () => {
          const found = await admin.fetchTopicMetadata({ topics: names });
          return found.topics.every((topic) => topic.partitions[partition]?.leader === broker);
        });
      }),
    /** Redis ends an engine's connection, and the engine makes another. */
    cutOff: async (player: Player): Promise<void> => {
      const before = await connectionsOf(player);
      await Promise.all(before.map((id) => states.redis.client('KILL', 'ID', id)));
      await until(`${player.name} connects to Redis anew`, async () => {
        const now = await connectionsOf(player);
        return now.length > 0 && !now.some((id) => before.includes(id));
      });
    },
    /** Copies what Redis holds of the partition, or some of it, and gives what puts it back. */
    copyStates: async (of?: readonly string[]): Promise<() => Promise<void>> => {
      const own = of ?? (await states.redis.keys(`${place.prefix}:*`));
      const copies = await Promise.all(own.map(async (key) => [key, await states.redis.dumpBuffer(key)] as const));
      return async () => {
        await Promise.all(copies.map(([key, copy]) => states.redis.restore(key, 0, copy, 'REPLACE')));
      };
    },
    /** Kafka loses a topic, and has another of its name. */
    lose: (topic: typeof topics.journal | typeof topics.receipts): Promise<void> =>
      withAdmin(async (admin) => {
        const name = `${prefix}${topic}`;
        await admin.deleteTopics({ topics: [name] });
        const [setting, value] = topic === topics.journal ? logAppendTime : compacted;
        await make(admin, name, [{ name: setting, value }]);
      }),
    /** Redis loses all that it held of the partition. */
    loseStates: async (): Promise<void> => {
      await states.redis.del(await states.redis.keys(`${place.prefix}:*`));
    },
    /** The policy, with some of it in another form. */
    activate: (version = 1, tiers: object = {}) =>
      append(activation({ ...mobifone, version, tiers: { ...mobifone.tiers, ...tiers } })),
    /** Waits until all of the journal is applied. It is a fault of the scene where that cannot be. */
    caughtUp: async (): Promise<void> => {
      const why = await rest();
      if (why !== undefined) throw new Error(why);
    },
    /** What is wrong once everything has come to rest; undefined where nothing is. */
    outcome: async ({ mayBeUnverified = false } = {}): Promise<string | undefined> => {
      const why = (await rest()) ?? (await differenceIn({ kafka, states, prefix, place }));
      if (why !== undefined) return why;
      return !mayBeUnverified && lines.some((line) => isUnverified.test(line))
        ? 'an engine says that an R was lost, and none was'
        : undefined;
    },
    close: async (): Promise<void> => {
      await Promise.all([...players.map(({ close }) => close()), ...leaving.map((leave) => leave())]);
      await states.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

export type Stage = Awaited<ReturnType<typeof openStage>>;
