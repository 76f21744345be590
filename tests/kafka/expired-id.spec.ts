import { setTimeout as sleep } from 'node:timers/promises';
import type { Receipt } from '@alo/runtime';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectKafka } from '../../packages/runtime/src/kafka/connection.ts';
import { openKafkaLog } from '../../packages/runtime/src/kafka/kafka-log.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { type KafkaServer, startKafka } from '../servers/kafka-server.ts';
import { committedOutputs } from './committed-outputs.ts';
import { publishedTrigger } from './published-trigger.ts';
import { createTopics, ownPrefix } from './topics.ts';

/** A broker forgets ids that were not used for so long; it looks for them five times as often. */
const expiresAfterMs = 1000;
const triesMax = 20;

const receiptOf = (count: number): Receipt => ({ offset: count, step: 0, digest: `d-${count}`, count, version: '1' });

describeWithServers(['own kafka'], 'a broker that forgets transactional ids', () => {
  let kafka: KafkaServer;
  beforeAll(async () => {
    kafka = await startKafka({
      properties: {
        'transactional.id.expiration.ms': `${expiresAfterMs}`,
        'transaction.remove.expired.transaction.cleanup.interval.ms': `${expiresAfterMs / 5}`,
      },
    });
  }, serversMsMax);
  afterAll(() => kafka?.remove(), serversMsMax);

  test('a transactional id that has expired lets nobody publish who had it, and is had again by who takes over', async () => {
    const client = connectKafka(
      { KAFKA_BROKERS: [kafka.brokers], KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: '' },
      { clientId: 'test' },
    );
    const prefix = ownPrefix();
    await createTopics(client, prefix, 2);
    const owned = async (partition: number) => {
      const { log, close } = openKafkaLog(client, { prefix, partition, waitMs: 100 });
      const last = await log.receipt();
      const publish = (count: number) => log.publish([publishedTrigger(count - 1)], receiptOf(count));
      return { last, publish, close };
    };
    const idsIn = async (partition: number) =>
      (await committedOutputs(client, prefix, partition)).map((output) => output.kind === 'trigger' && output.id);

    const [zombie, quiet] = [await owned(0), await owned(1)];
    await zombie.publish(1);
    let published = 0;
    const isExpired = () =>
      quiet.publish(published + 1).then(
        () => {
          published += 1;
          return false;
        },
        (error: Error) => /may not be published/.test(error.message),
      );
    for (let tries = 0; !(await isExpired()); tries += 1) {
      expect(tries).toBeLessThan(triesMax);
      await sleep(2 * expiresAfterMs);
    }
    const recovered = await owned(1);
    expect(recovered.last).toEqual(receiptOf(published));
    await recovered.publish(published + 1);
    expect(await idsIn(1)).toEqual(Array.from({ length: published + 1 }, (_, n) => `id-${n + 1}`));

    const owner = await owned(0);
    await expect(zombie.publish(2)).rejects.toThrow('may not be published');
    await owner.publish(2);
    expect(await idsIn(0)).toEqual(['id-1', 'id-2']);
    await Promise.all([zombie, quiet, recovered, owner].map(({ close }) => close()));
  }, 120_000);
});
