import type { Kafka } from 'kafkajs';
import { InfrastructureError } from '../errors.ts';
import { requestRetry } from './connection.ts';
import { reasonOf } from './reason-of.ts';

/** Tells where the partitions of a topic end, again and again over one connection. */
export type TopicEnds = {
  /** By number of the partition. Rejects with InfrastructureError where Kafka does not answer. */
  readonly read: () => Promise<ReadonlyMap<number, number>>;
  readonly close: () => Promise<void>;
};

export const openTopicEnds = async (kafka: Kafka, topic: string): Promise<TopicEnds> => {
  const admin = kafka.admin({ retry: requestRetry });
  const faultOf = (error: unknown) => new InfrastructureError(`${topic} cannot be looked at: ${reasonOf(error)}`);
  const close = () => admin.disconnect().catch(() => undefined);
  try {
    await admin.connect();
  } catch (error) {
    await close();
    throw faultOf(error);
  }
  return {
    read: async () => {
      const found = await admin.fetchTopicOffsets(topic).catch((error) => {
        throw faultOf(error);
      });
      return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
    },
    close,
  };
};
