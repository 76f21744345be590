import { topics } from '@alo/contracts';
import { connectKafka } from '@alo/runtime/live';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createTopics, ownPrefix } from '../kafka/topics.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { type KafkaServer, startKafka } from '../servers/kafka-server.ts';
import { type RedisServer, startRedis } from '../servers/redis-server.ts';
import { makeLiveSystem } from './live-system.ts';
import { type ServiceProcess, startService } from './service-process.ts';
import { simulated } from './simulated-life.ts';

const setUpMsMax = 120_000;
const testMsMax = 60_000;

const isStack = /^\s+at .*:\d+:\d+\)?$/m;

/** A process that ends by itself with 1 and says why, in so many lines and without a stack. */
const refusal = async ({ child, lines }: ServiceProcess): Promise<string> => {
  const code = await new Promise((resolve) => child.once('close', resolve));
  const text = lines().join('\n');
  expect({ code, hasStack: isStack.test(text) }).toEqual({ code: 1, hasStack: false });
  return text;
};

/** A process that waits, and says for what; it then stops when it is told to. */
const waiting = async (service: ServiceProcess, form: RegExp): Promise<string> => {
  const line = await service.logged(form);
  expect(await service.end('SIGTERM')).toBe(0);
  expect(isStack.test(service.lines().join('\n'))).toBe(false);
  return JSON.parse(line).msg;
};

describe('an environment that is wrong', () => {
  const wrong = {
    KAFKA_BROKERS: 'nowhere',
    REDIS_URL: 'http://user:hush@localhost',
    ALO_HTTP_PORT: 'x',
    KAFKA_SASL_USERNAME: 'lan',
  };

  test.each(['engine', 'clock', 'intake'] as const)(
    'ends the %s at once, with every problem and no secret',
    async (name) => {
      const text = await refusal(startService(name, wrong));
      expect(text).toContain('KAFKA_BROKERS must be host:port, with commas between: "nowhere"');
      expect(text).toContain('ALO_HTTP_PORT must be a whole number from 0 to 65535: "x"');
      expect(text).toContain('KAFKA_SASL_MECHANISM must be set, for KAFKA_SASL_USERNAME is');
      expect(text.includes('REDIS_URL must be redis://')).toBe(name === 'engine');
      expect(text.includes('ALO_INTAKE_CONFIG must be set')).toBe(name === 'intake');
      expect(text).not.toContain('hush');
    },
  );

  test('is told by an engine that nobody answers: it waits, and stops when it is told to', async () => {
    const engine = startService('engine', { KAFKA_BROKERS: '127.0.0.1:1', REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await waiting(engine, /Kafka does not answer/)).toMatch(/^Kafka does not answer: .*127\.0\.0\.1:1/);
  });
});

describeWithServers(['own kafka', 'own redis'], 'what an engine stands on', () => {
  let kafka: KafkaServer;
  let redis: RedisServer;

  beforeAll(async () => {
    [kafka, redis] = await Promise.all([
      startKafka({
        listeners: { SECURE: 'SASL_PLAINTEXT' },
        properties: {
          'listener.name.secure.sasl.enabled.mechanisms': 'SCRAM-SHA-256',
          'listener.name.secure.scram-sha-256.sasl.jaas.config':
            'org.apache.kafka.common.security.scram.ScramLoginModule required;',
        },
        scramUsers: [{ mechanism: 'SCRAM-SHA-256', name: 'alo', password: 'right' }],
      }),
      startRedis(),
    ]);
  }, setUpMsMax);
  afterAll(() => Promise.all([kafka?.remove(), redis?.remove()]), setUpMsMax);

  const clientOf = () =>
    connectKafka({ KAFKA_BROKERS: [kafka.brokers], KAFKA_TLS: false, KAFKA_TOPIC_PREFIX: '' }, { clientId: 'test' });

  const engineOn = (prefix: string, more: Readonly<Record<string, string>> = {}) =>
    startService('engine', {
      KAFKA_BROKERS: kafka.brokers,
      KAFKA_TOPIC_PREFIX: prefix,
      REDIS_URL: redis.url,
      REDIS_KEY_PREFIX: prefix.replace('.', ''),
      ALO_SESSION_TIMEOUT_MS: '2000',
      ...more,
    });

  const withTopics = async (overrides: Parameters<typeof createTopics>[3] = {}) => {
    const prefix = ownPrefix();
    await createTopics(clientOf(), prefix, 2, overrides);
    return prefix;
  };

  test(
    'topics that are missing are named, and waited for',
    async () => {
      const prefix = ownPrefix();
      const engine = engineOn(prefix);
      const line = await engine.logged(/there is no topic/);
      expect(JSON.parse(line).msg).toContain(`${prefix}alo.journal.v1`);
      expect(JSON.parse(line).msg).toContain('"alo topics create" makes them');
      await createTopics(clientOf(), prefix, 2);
      await engine.logged(/partition 1 is running/);
    },
    testMsMax,
  );

  test.each([
    [
      'another time-stamp',
      { [topics.journal]: { 'message.timestamp.type': 'CreateTime' } },
      /message.timestamp.type of .* must be LogAppendTime, and is CreateTime/,
    ],
    [
      'receipts that expire',
      { [topics.receipts]: { 'cleanup.policy': 'compact,delete' } },
      /cleanup.policy of .* must be compact, and is compact,delete/,
    ],
  ])(
    '%s ends it',
    async (_why, overrides, form) => {
      expect(await refusal(engineOn(await withTopics(overrides)))).toMatch(form);
    },
    testMsMax,
  );

  test(
    'a topic with another number of partitions ends it, and is named',
    async () => {
      const prefix = await withTopics();
      const admin = clientOf().admin();
      await admin.connect();
      await admin.createPartitions({ topicPartitions: [{ topic: `${prefix}${topics.gifts}`, count: 3 }] });
      await admin.disconnect();
      expect(await refusal(engineOn(prefix))).toContain(
        `${prefix}alo.gifts.v1 has 3 partitions, and must have as many as ${prefix}alo.journal.v1, which has 2`,
      );
    },
    testMsMax,
  );

  test(
    'a wrong password of Kafka is told in a sentence, and a right one is taken',
    async () => {
      const prefix = await withTopics();
      const secure = (password: string) =>
        engineOn(prefix, {
          KAFKA_BROKERS: kafka.listeners.SECURE as string,
          KAFKA_SASL_MECHANISM: 'scram-sha-256',
          KAFKA_SASL_USERNAME: 'alo',
          KAFKA_SASL_PASSWORD: password,
        });
      const said = await waiting(secure('wrong'), /Kafka does not answer/);
      expect(said).toMatch(/uthentication/);
      expect(said).not.toContain('wrong');
      await secure('right').logged(/partition 1 is running/);
    },
    testMsMax,
  );

  test(
    'a wrong password of Redis is told in a sentence',
    async () => {
      const own = await startRedis({ args: ['--requirepass', 'right'] });
      try {
        const prefix = await withTopics();
        const wrong = own.url.replace('redis://', 'redis://:wrong@');
        const said = await waiting(engineOn(prefix, { REDIS_URL: wrong }), /Redis/);
        expect(said).toMatch(/password/i);
        expect(said).not.toContain('wrong@');
      } finally {
        await own.remove();
      }
    },
    testMsMax,
  );

  test.each([
    ['evicts keys', ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'], 'maxmemory-policy'],
    ['is a replica', ['--replicaof', '127.0.0.1 1'], 'replica'],
  ])(
    'a Redis that %s ends it',
    async (_why, args, word) => {
      const own = await startRedis({ args });
      try {
        expect(await refusal(engineOn(await withTopics(), { REDIS_URL: own.url }))).toContain(word);
      } finally {
        await own.remove();
      }
    },
    testMsMax,
  );

  test(
    'a Redis without an append-only file is warned of, and used',
    async () => {
      const own = await startRedis({ args: ['--appendonly', 'no'] });
      try {
        const engine = engineOn(await withTopics(), { REDIS_URL: own.url });
        expect(await engine.logged(/append-only file|AOF|appendonly/)).toContain('"level":"warn"');
        await engine.logged(/partition 1 is running/);
      } finally {
        await own.remove();
      }
    },
    testMsMax,
  );

  test(
    "another program's key stops its partition alone, and says so where it is asked",
    async () => {
      const prefix = await withTopics();
      const client = new Redis(redis.url);
      await client.set(`${prefix.replace('.', '')}:{1}:header`, 'somebody else');
      await client.quit();
      const engine = engineOn(prefix, { ALO_HTTP_PORT: '0' });
      expect(await engine.logged(/partition 1 has stopped/)).toContain(':{1}:header');
      await engine.logged(/partition 0 is running/);
    },
    testMsMax,
  );

  test(
    'a full Redis pauses a partition, which goes on by itself once there is room',
    async () => {
      const own = await startRedis({ args: ['--maxmemory', '100mb', '--maxmemory-policy', 'noeviction'] });
      const live = await makeLiveSystem({ brokers: kafka.brokers, redisUrl: own.url, partitions: 2 });
      const client = new Redis(own.url);
      try {
        const engine = live.startEngine();
        await live.activate();
        await live.caughtUp();
        await client.config('SET', 'maxmemory', '1mb');
        await live.send(live.journal, await simulated(50, 20));
        expect(await engine.logged(/pauses, and tries again/)).toMatch(/full/);
        await client.config('SET', 'maxmemory', '100mb');
        await live.caughtUp();
        for (const partition of live.numbers) expect(await live.told(partition)).toEqual(await live.folded(partition));
      } finally {
        await client.quit();
        await live.close();
        await own.remove();
      }
    },
    testMsMax,
  );
});
