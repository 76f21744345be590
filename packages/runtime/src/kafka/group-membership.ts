import type { Consumer, Kafka } from 'kafkajs';
import { InfrastructureError } from '../errors.ts';
import type { Assigned, Membership } from '../membership.ts';
import { requestRetry } from './connection.ts';

export type GroupOptions = {
  readonly groupId: string;
  readonly topic: string;
  readonly sessionTimeoutMs: number;
  /** Told of the partitions each time they are shared out anew. */
  readonly onAssigned: Assigned;
  /** Told once when this member can go on no more. */
  readonly onCrash: (error: Error) => void;
};

const heartbeatsPerSession = 8;
const heartbeatMsMax = 1000;

/**
 * Takes part in Kafka's own consumer group, for nothing but the sharing out of partitions: everything is paused before
 * anything comes, so that no record ever passes this way, and no offset decides anything.
 */
export const joinGroup = async (kafka: Kafka, options: GroupOptions): Promise<Membership> => {
  const { groupId, topic, sessionTimeoutMs, onAssigned, onCrash } = options;
  const heartbeatInterval = Math.min(heartbeatMsMax, Math.floor(sessionTimeoutMs / heartbeatsPerSession));
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: sessionTimeoutMs,
    heartbeatInterval,
    maxWaitTimeInMs: Math.min(250, heartbeatInterval),
    allowAutoTopicCreation: false,
    retry: { ...requestRetry, retries: Number.MAX_SAFE_INTEGER, restartOnFailure: async () => false },
  });
  const waiting = new Set<() => void>();
  const { GROUP_JOIN, HEARTBEAT, CRASH } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    consumer.pause([{ topic }]);
    onAssigned(memberAssignment[topic] ?? []);
  });
  consumer.on(HEARTBEAT, () => {
    for (const confirm of waiting) confirm();
    waiting.clear();
  });
  consumer.on(CRASH, ({ payload: { error } }) => onCrash(error));
  await start(consumer, topic);

  return {
    confirmed: (signal) =>
      new Promise((resolve, reject) => {
        const abort = () => {
          waiting.delete(confirm);
          reject(new InfrastructureError('it is over'));
        };
        const confirm = () => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        waiting.add(confirm);
      }),
    tellPosition: (partition, offset) =>
      consumer.commitOffsets([{ topic, partition, offset: `${offset}` }]).catch(() => undefined),
    leave: () => consumer.disconnect().catch(() => undefined),
  };
};

const start = async (consumer: Consumer, topic: string): Promise<void> => {
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => undefined });
  } catch (error) {
    await consumer.disconnect().catch(() => undefined);
    throw new InfrastructureError(`the group of engines cannot be joined: ${(error as Error).message}`);
  }
};
