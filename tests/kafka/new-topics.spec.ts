import { expect, test } from '@jest/globals';
import type { Admin, Kafka } from 'kafkajs';
import { connectKafka } from '../../packages/runtime/src/kafka/connection.ts';
import { partitionBounds } from '../../packages/runtime/src/kafka/partition-bounds.ts';
import { createTopics } from '../../packages/runtime/src/kafka/topic-admin.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { kafkaForTests } from '../servers/servers.ts';
import { ownPrefix } from './topics.ts';

/** A client that has asked a broker which does not know of the new topics yet, once. */
const hasty = (kafka: Kafka): Kafka => {
  let asked = 0;
  const askingOf = (admin: Admin): Admin => ({
    ...admin,
    fetchTopicMetadata: async (about) => {
      asked += 1;
      if (asked > 1) return admin.fetchTopicMetadata(about);
      throw Object.assign(new Error('This server does not host this topic-partition'), {
        type: 'UNKNOWN_TOPIC_OR_PARTITION',
      });
    },
  });
  return Object.assign(Object.create(Object.getPrototypeOf(kafka)), kafka, {
    admin: (...given: Parameters<Kafka['admin']>) => askingOf(kafka.admin(...given)),
  });
};

describeWithServers(['kafka'], 'topics that were just made', () => {
  test('are waited for, though a broker does not know of them yet', async () => {
    const { brokers } = await kafkaForTests();
    const settings = { KAFKA_BROKERS: brokers.split(','), KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: '' };
    const kafka = connectKafka(settings, { clientId: 'test' });
    const name = `${ownPrefix()}new`;
    await createTopics(hasty(kafka), [{ name, partitions: 3, replicationFactor: 1, config: {} }]);
    expect((await partitionBounds(kafka, [name])).map(({ end }) => end)).toEqual([0, 0, 0]);
  });
});
