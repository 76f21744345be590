import { readFile } from 'node:fs/promises';
import { connectKafka } from '@alo/runtime/live';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createTopics, ownPrefix } from '../kafka/topics.ts';
import { makeTlsFiles, type TlsFiles } from '../redis/tls-files.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { type KafkaServer, startKafka } from '../servers/kafka-server.ts';
import { type RedisServer, startRedis } from '../servers/redis-server.ts';
import { startService } from './service-process.ts';

const testMsMax = 60_000;
const partitions = 1;

/** What a Redis user of alo's own is given: the README names the same. */
const rights =
  '+ping +watch +unwatch +multi +exec +type +get +mget +set +mset +zadd +zrem +zcount +zrange +eval +scan +info +time';

describeWithServers(['own kafka', 'own redis'], 'an engine behind TLS and passwords', () => {
  let files: TlsFiles;
  let kafka: KafkaServer;
  let redis: RedisServer;
  let prefix: string;

  beforeAll(async () => {
    files = await makeTlsFiles('IP:127.0.0.1,DNS:localhost');
    const [key, chain] = await Promise.all([readFile(files.keyFile, 'utf8'), readFile(files.certificateFile, 'utf8')]);
    [kafka, redis] = await Promise.all([
      startKafka({
        listeners: { TLS: 'SSL', PLAIN: 'SASL_SSL' },
        properties: {
          'ssl.keystore.type': 'PEM',
          'ssl.keystore.key': key,
          'ssl.keystore.certificate.chain': chain,
          'listener.name.plain.sasl.enabled.mechanisms': 'PLAIN',
          'listener.name.plain.plain.sasl.jaas.config':
            'org.apache.kafka.common.security.plain.PlainLoginModule required user_alo="right";',
        },
      }),
      startRedis(),
    ]);
    prefix = ownPrefix();
    await createTopics(
      connectKafka({ KAFKA_BROKERS: [kafka.brokers], KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: '' }, { clientId: 'test' }),
      prefix,
      partitions,
    );
  }, serversMsMax);
  afterAll(async () => {
    await Promise.all([kafka?.remove(), redis?.remove(), files?.remove()]);
  }, serversMsMax);

  const engine = (more: Readonly<Record<string, string>>) =>
    startService('engine', {
      KAFKA_TOPIC_PREFIX: prefix,
      REDIS_URL: redis.url,
      REDIS_KEY_PREFIX: prefix.replace('.', ''),
      ALO_SESSION_TIMEOUT_MS: '2000',
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA: files.caFile,
      ...more,
    });

  test(
    'runs over TLS',
    async () => {
      const service = engine({ KAFKA_BROKERS: kafka.listeners.TLS as string });
      await service.logged(/partition 0 is running/);
      expect(await service.end('SIGTERM')).toBe(0);
    },
    testMsMax,
  );

  test(
    'trusts no broker whose authority it does not know, and says so',
    async () => {
      const service = engine({ KAFKA_BROKERS: kafka.listeners.TLS as string, KAFKA_TLS_CA: '' });
      expect(await service.logged(/Kafka does not answer/)).toMatch(/certificate/);
      expect(await service.end('SIGTERM')).toBe(0);
    },
    testMsMax,
  );

  test(
    'runs with a user and a password in plain text, within TLS',
    async () => {
      const service = engine({
        KAFKA_BROKERS: kafka.listeners.PLAIN as string,
        KAFKA_SASL_MECHANISM: 'plain',
        KAFKA_SASL_USERNAME: 'alo',
        KAFKA_SASL_PASSWORD: 'right',
      });
      await service.logged(/partition 0 is running/);
      expect(await service.end('SIGTERM')).toBe(0);
    },
    testMsMax,
  );

  test(
    'runs as a Redis user with no more rights than the README names',
    async () => {
      const client = new Redis(redis.url);
      await client.call('ACL', 'SETUSER', 'alo', 'on', '>right', `~${prefix.replace('.', '')}*`, ...rights.split(' '));
      await client.quit();
      const service = engine({
        KAFKA_BROKERS: kafka.listeners.TLS as string,
        REDIS_URL: redis.url.replace('redis://', 'redis://alo:right@'),
      });
      await service.logged(/partition 0 is running/);
      expect(await service.end('SIGTERM')).toBe(0);
      expect(await readFile('README.md', 'utf8').catch(() => readFile('../README.md', 'utf8'))).toContain(rights);
    },
    testMsMax,
  );
});
