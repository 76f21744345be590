import { beforeAll, expect, test } from '@jest/globals';
import { Kafka, logLevel, type Message, type Transaction } from 'kafkajs';
import { createTopic, ownPrefix } from '../kafka/topics.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { kafkaForTests } from '../servers/servers.ts';
import { type ConsoleRecord, readByConsole } from './console-consumer.ts';

const prefix = ownPrefix();
const charges = `${prefix}charges`;
const gifts = `${prefix}gifts`;
/** Longer than two reads may take: they say what is wrong, and a limit here does not. */
const testMsMax = 300_000;

describeWithServers(['kafka', 'jdk'], 'the console consumer', () => {
  let brokers: string;
  let kafka: Kafka;

  beforeAll(async () => {
    brokers = (await kafkaForTests()).brokers;
    kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });
    await Promise.all([createTopic(kafka, charges, 2), createTopic(kafka, gifts, 2)]);
  });

  type Sent = { readonly topic: string; readonly messages: Message[] };

  const begin = async (name: string, sent: Sent) => {
    const retry = { initialRetryTime: 10, retries: 30 };
    const producer = kafka.producer({ transactionalId: `${prefix}${name}`, maxInFlightRequests: 1, retry });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send(sent);
    const end = async (how: keyof Pick<Transaction, 'commit' | 'abort'>) => {
      await transaction[how]();
      await producer.disconnect();
    };
    return { end };
  };

  const sendPlainly = async (sent: Sent) => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send(sent);
    await producer.disconnect();
  };

  const read = () => readByConsole({ brokers, topics: [charges, gifts] });

  const at = (records: readonly ConsoleRecord[], topic: string, partition: number) =>
    records.filter((record) => record.topic === topic && record.partition === partition);

  const shown = ({ offset, value }: ConsoleRecord) => `${offset} ${value}`;

  test(
    'reads what was committed, and neither what was given up nor what is open or lies behind it',
    async () => {
      const to = (value: string, partition = 0) => ({ topic: charges, messages: [{ partition, value }] });
      await sendPlainly(to('plain'));
      await (await begin('first', to('committed'))).end('commit');
      await (await begin('second', to('given up'))).end('abort');
      await (await begin('third', to('committed too'))).end('commit');
      const open = await begin('open', to('late'));
      await sendPlainly(to('behind'));
      await (await begin('fourth', to('given up', 1))).end('abort');

      const before = await read();
      await open.end('commit');
      const after = await read();

      const stable = ['0 plain', '1 committed', '5 committed too'];
      expect(at(before, charges, 0).map(shown)).toEqual(stable);
      expect(at(after, charges, 0).map(shown)).toEqual([...stable, '7 late', '8 behind']);
      expect(after).toHaveLength(5);
    },
    testMsMax,
  );

  test(
    'shows a record as it is, whatever bytes it holds',
    async () => {
      const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      const messages = [
        { partition: 1, key: 'null', value: 'null!' },
        { partition: 1, key: null, value: null },
        { partition: 1, key: '', value: '' },
        {
          partition: 1,
          key: everyByte,
          value: everyByte,
          headers: { 'a: b\n': everyByte, twice: ['1', '2'], none: '' },
        },
      ];
      await sendPlainly({ topic: gifts, messages });

      const asked = { topic: gifts, partition: 1 };
      expect(at(await read(), gifts, 1)).toEqual([
        { ...asked, offset: 0, key: Buffer.from('null'), value: Buffer.from('null!'), headers: [] },
        { ...asked, offset: 1, key: null, value: null, headers: [] },
        { ...asked, offset: 2, key: Buffer.alloc(0), value: Buffer.alloc(0), headers: [] },
        {
          ...asked,
          offset: 3,
          key: everyByte,
          value: everyByte,
          headers: [
            { name: 'a: b\n', value: everyByte },
            { name: 'twice', value: Buffer.from('1') },
            { name: 'twice', value: Buffer.from('2') },
            { name: 'none', value: Buffer.alloc(0) },
          ],
        },
      ]);
    },
    testMsMax,
  );
});
