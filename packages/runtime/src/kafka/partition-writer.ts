import type { Kafka } from 'kafkajs';
import { InfrastructureError } from '../errors.ts';
import { requestRetry } from './connection.ts';
import { reasonOf } from './reason-of.ts';

/** Writes to partitions by number: what concerns no subscriber, but all of a partition. */
export type PartitionWriter = {
  /** Resolves when every in-sync replica has it. Rejects with InfrastructureError when it is not known. */
  readonly write: (partition: number, value: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

const headers = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };
const acknowledgedWithinMs = 5000;

/** Opens a writer to a topic that is there. It uses no transactions: what it writes twice, the fold counts once. */
export const openPartitionWriter = async (kafka: Kafka, topic: string): Promise<PartitionWriter> => {
  const producer = kafka.producer({ retry: requestRetry, allowAutoTopicCreation: false });
  const faultOf = (error: unknown) => new InfrastructureError(`${topic} cannot be written: ${reasonOf(error)}`);
  const connect = async () => {
    try {
      await producer.connect();
    } catch (error) {
      throw faultOf(error);
    }
  };
  await connect();
  return {
    write: async (partition, value) => {
      const messages = [{ key: null, value, partition, headers }];
      const answers = await producer
        .send({ topic, messages, acks: -1, timeout: acknowledgedWithinMs })
        .catch((error) => {
          throw faultOf(error);
        });
      if (answers.some((answer) => answer.partition === partition && answer.errorCode === 0)) return;
      throw new InfrastructureError(`partition ${partition} of ${topic} has not acknowledged what was sent`);
    },
    close: () => producer.disconnect().catch(() => undefined),
  };
};
