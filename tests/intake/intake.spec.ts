import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLine } from '@alo/contracts';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { CompressionTypes, type Message, Partitioners } from 'kafkajs';
import type { FetchedRecord } from '../../packages/runtime/src/kafka/record-batches.ts';
import { charged, minutesAfter } from '../cli/event-lines.ts';
import { describeWithServers, serversMsMax } from '../servers/describe-with-servers.ts';
import { freePort } from '../servers/free-port.ts';
import { type KafkaServer, startKafka } from '../servers/kafka-server.ts';
import { kafkaForTests } from '../servers/servers.ts';
import { startIntake } from './intake-process.ts';
import { hmacKey, journalPartitions, type OperatorTopics, operatorTopics } from './operator-topics.ts';

/* Servers and processes are started, and a machine may be busy. */
jest.setTimeout(180_000);

const reading = /^intake reads /;
const usage = { format: 'cloudevents-structured', types: ['alo.usage.charged.v1'] };
const onlyUsage = (named: (name: string) => string) => ({ [named('usage')]: usage });

const threeFormats = (named: (name: string) => string) => ({
  [named('usage')]: usage,
  [named('payments')]: { format: 'cloudevents-binary', types: ['alo.payment.received.v1'] },
  [named('cdr')]: {
    format: 'json',
    types: ['alo.usage.charged.v1'],
    subject: { pointer: '/msisdn', hash: true },
    fields: {
      id: { pointer: '/call' },
      time: { pointer: '/at', format: 'dd/MM/yyyy HH:mm:ss', zone: 'Asia/Ho_Chi_Minh' },
      'data.amount': { pointer: '/thousandths', factor: '1/1000' },
      'data.currency': { constant: 'VND' },
      'data.service': { constant: 'voice' },
      'data.line': { pointer: '/msisdn', hash: true },
    },
  },
});

const text = (bytes: unknown) => String(bytes);
const idOf = (record: FetchedRecord): string => JSON.parse(text(record.value)).id;
const time = '2026-07-10T00:00:00Z';

/** So many charges of so many subscribers, one after the other. */
const charges = (count: number, subscribers: number): Message[] =>
  Array.from({ length: count }, (_, n) => {
    const subject = `s-${n % subscribers}`;
    return { key: subject, value: JSON.stringify(charged(subject, n + 1, minutesAfter(time, n), `c-${n}`)) };
  });

const partitionOf = Partitioners.DefaultPartitioner();
const chosenByClients = (key: string, topic: string): number =>
  partitionOf({
    topic,
    partitionMetadata: Array.from(
      { length: journalPartitions },
      (_, partitionId) => ({ partitionId, leader: 0 }) as never,
    ),
    message: { key, value: null },
  });

describeWithServers(['kafka'], 'intake', () => {
  const make = async (intake: (named: (name: string) => string) => Record<string, unknown>) =>
    operatorTopics((await kafkaForTests()).brokers, intake);

  test('brings events of three formats into the partition of their subscriber, and no phone number', async () => {
    const topics = await make(threeFormats);
    await topics.createAll();
    await topics.send(topics.named('usage'), charges(40, 20));
    const payments = Array.from({ length: 20 }, (_, n) => ({
      headers: {
        'content-type': 'application/json',
        ...{ ce_specversion: '1.0', ce_type: 'alo.payment.received.v1', ce_source: '/pay', ce_time: time },
        ...{
          ce_id: `p-${n}`,
          ce_subject: `khách-${n}`,
          traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        },
      },
      value: JSON.stringify({ amount: n + 1, currency: 'VND' }),
    }));
    await topics.send(topics.named('payments'), payments);
    const phones = Array.from({ length: 20 }, (_, n) => `849012345${n + 10}`);
    const calls = phones.map((msisdn, n) => ({
      value: JSON.stringify({ msisdn, call: 2 ** 53 + n * 2, at: '10/07/2026 07:00:00', thousandths: 5000 }),
    }));
    await topics.send(topics.named('cdr'), calls);

    const intake = startIntake(topics.env);
    const { events, letters } = await topics.untilWritten(80);
    expect(letters).toEqual([]);
    events.forEach((records, partition) => {
      for (const { key, value } of records) {
        const read = readLine(value as Buffer);
        expect(read.kind === 'event' && read.event.subject).toBe(text(key));
        expect(chosenByClients(text(key), topics.journal)).toBe(partition);
      }
    });
    const all = events.flat();
    const whole = all.map(({ key, value }) => `${key} ${value}`).join('\n');
    expect(phones.filter((phone) => whole.includes(phone))).toEqual([]);
    const hashes = phones.map((phone) => createHmac('sha256', hmacKey).update(phone).digest('base64url'));
    const ofCalls = all.filter(({ value }) => JSON.parse(text(value)).source === `/intake/${topics.named('cdr')}`);
    expect(ofCalls.map(({ key }) => text(key)).sort()).toEqual(hashes.sort());
    expect(all.filter(({ value }) => JSON.parse(text(value)).traceparent !== undefined)).toHaveLength(20);
    const sent = charges(40, 20).map(({ value }) => text(value));
    expect(sent.filter((value) => !all.some((record) => text(record.value) === value))).toEqual([]);
    expect((await intake.kill('SIGTERM')).code).toBe(0);
  });

  test('lays what it cannot read whole into the dead letters, once, with where it lay and why', async () => {
    const topics = await make(threeFormats);
    await topics.createAll();
    const odd: Message[] = [
      {
        partition: 0,
        key: Buffer.from([1, 0xff]),
        value: Buffer.from([0x7b, 0xff]),
        headers: { a: ['1', '2'], b: Buffer.from([0xfe]) },
      },
      { partition: 0, value: null },
      { partition: 0, value: JSON.stringify({ ...charged('s-1', 5, time), type: 'alo.policy.activated.v1' }) },
      { partition: 0, value: JSON.stringify(charged('s-1', 0.5, time)) },
      { partition: 0, key: 's-1', value: JSON.stringify(charged('s-1', 5, time, 'right')) },
    ];
    await topics.send(topics.named('usage'), odd);
    await topics.send(topics.named('cdr'), [{ partition: 1, value: '{"msisdn":"84901234567"}' }]);
    const intake = startIntake(topics.env);
    const said = intake.saying(/went to/);
    const { events, letters } = await topics.untilWritten(6);
    expect(events.flat().map(idOf)).toEqual(['right']);

    const place = (topic: string, partition: number, offset: number) => `${topics.named(topic)}/${partition}/${offset}`;
    const found = new Map(letters.map((letter) => [text(letter.key), letter]));
    expect([...found.keys()].sort()).toEqual(
      [place('cdr', 1, 0), ...[0, 1, 2, 3].map((offset) => place('usage', 0, offset))].sort(),
    );
    const reasonOf = (key: string) => text(found.get(key)?.headers.alo_reason);
    expect(reasonOf(place('usage', 0, 0))).toBe('the value is not UTF-8');
    expect(reasonOf(place('usage', 0, 1))).toBe('the record has no value');
    expect(reasonOf(place('usage', 0, 2))).toMatch(/^type "alo.policy.activated.v1" is not one/);
    expect(reasonOf(place('usage', 0, 3))).toBe('data.amount must be a whole number of minor units: 0.5');
    expect(reasonOf(place('cdr', 1, 0))).toBe('id, from /call, is missing');
    const bytes = found.get(place('usage', 0, 0)) as FetchedRecord;
    expect(bytes.value).toEqual(odd[0]?.value);
    expect(bytes.headers).toMatchObject({
      a: [Buffer.from('1'), Buffer.from('2')],
      b: Buffer.from([0xfe]),
      alo_key: odd[0]?.key,
      alo_topic: Buffer.from(topics.named('usage')),
      alo_partition: Buffer.from('0'),
      alo_offset: Buffer.from('0'),
    });
    expect(found.get(place('usage', 0, 1))?.value).toBeNull();
    expect(text(found.get(place('cdr', 1, 0))?.value)).toBe('{"msisdn":"84901234567"}');
    const sentence = await said;
    expect(sentence).toMatch(
      /^(a record|\d+ records) of \S+ went to \S+alo\.intake-dead-letters\.v1, with the reason beside; the first is \S+\/\d\/0$/,
    );
    expect(intake.said.join('\n')).not.toContain('8490');
    await intake.kill('SIGTERM');
  });

  test('loses nothing and keeps the order of each subscriber, however often it is killed with -9', async () => {
    const topics = await make(onlyUsage);
    await topics.createAll();
    const [count, subscribers] = [10_000, 50];
    await topics.send(topics.named('usage'), charges(count, subscribers));
    let kills = 0;
    for (let written = 0; written < count; ) {
      const before = (await topics.readJournal()).flat().length;
      const intake = startIntake({ ...topics.env, ALO_SESSION_TIMEOUT_MS: '1000' });
      for (let waitedMs = 0; (await topics.readJournal()).flat().length <= before && waitedMs < 30_000; waitedMs += 20)
        await sleep(20);
      if (kills < 3) {
        await intake.kill('SIGKILL');
        kills += 1;
      } else {
        await topics.untilWritten(count);
        await sleep(500);
        await intake.kill('SIGTERM');
      }
      written = new Set((await topics.readJournal()).flat().map(idOf)).size;
    }
    expect(kills).toBe(3);
    const events = await topics.readJournal();
    const firsts = events.map((records) => [...new Set(records.map(idOf))]);
    expect(firsts.flat().length).toBe(count);
    for (const ids of firsts) {
      const bySubscriber = Object.groupBy(
        ids.map((id) => Number(id.slice(2))),
        (n) => String(n % subscribers),
      );
      for (const numbers of Object.values(bySubscriber)) expect(numbers).toEqual(numbers?.toSorted((a, b) => a - b));
    }
  });

  test('stops within two seconds when it is asked to, and repeats nothing', async () => {
    const topics = await make(onlyUsage);
    await topics.createAll();
    const count = 10_000;
    await topics.send(topics.named('usage'), charges(count, 50));
    for (let written = 0; written < count; ) {
      const intake = startIntake(topics.env);
      await intake.saying(reading);
      await sleep(30);
      const askedMs = performance.now();
      const { code, stderr } = await intake.kill('SIGTERM');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(performance.now() - askedMs).toBeLessThan(2000);
      written = (await topics.readJournal()).flat().length;
    }
    expect((await topics.readJournal()).flat().map(idOf).sort()).toEqual(
      charges(count, 50)
        .map((_, n) => `c-${n}`)
        .sort(),
    );
  });

  test('waits for topics that are missing, then for a policy in every partition, and says so once', async () => {
    const topics = await make(onlyUsage);
    await topics.create({ name: topics.deadLetters, partitions: 1 });
    const intake = startIntake(topics.env);
    expect(await intake.saying(/there is no topic/)).toBe(
      `there is no topic ${topics.named('usage')}, ${topics.journal}; intake waits, and tries again`,
    );
    const noPolicyAtAll = intake.saying(/no policy/);
    await topics.create({ name: topics.named('usage') }, { name: topics.journal, partitions: journalPartitions });
    await topics.send(topics.named('usage'), charges(1, 1));
    expect(await noPolicyAtAll).toMatch(/has no policy in partition 0, 1, 2, and a policy must be its first record/);
    const noPolicyInTwo = intake.saying(/no policy in partition 0, 2, and/);
    await topics.publishPolicy(1);
    await noPolicyInTwo;
    expect((await topics.readJournal()).flat()).toEqual([]);
    const reads = intake.saying(reading);
    await topics.publishPolicy(0, 2);
    await reads;
    // A busy broker may not know yet who leads what was just made.
    expect(intake.said.filter((sentence) => !/^Kafka does not answer/.test(sentence))).toHaveLength(4);
    expect((await intake.kill('SIGINT')).code).toBe(0);
  });

  test('two share the partitions, and whoever stays takes over from who is killed', async () => {
    const topics = await make(onlyUsage);
    await topics.createAll();
    const env = { ...topics.env, ALO_SESSION_TIMEOUT_MS: '1000' };
    const [first, second] = [startIntake(env), startIntake(env)];
    await Promise.all([first.saying(reading), second.saying(reading)]);
    await topics.send(topics.named('usage'), charges(1000, 50));
    await topics.untilWritten(1000);
    await first.kill('SIGKILL');
    await topics.send(topics.named('usage'), charges(2000, 50).slice(1000));
    const { events } = await topics.untilWritten(2000);
    expect(new Set(events.flat().map(idOf)).size).toBe(2000);
    await second.kill('SIGTERM');
  });

  test('lays an event that the journal takes for too large into the dead letters, and waits where those do not take it', async () => {
    const topics = await make(onlyUsage);
    await topics.createAll({ 'max.message.bytes': '20000' });
    const admin = topics.kafka.admin();
    await admin.connect();
    const letterBytesMax = (value: string) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [{ type: 2, name: topics.deadLetters, configEntries: [{ name: 'max.message.bytes', value }] }],
      });
    await letterBytesMax('40000');
    const large = (id: string, bytes: number) => ({
      partition: 0,
      value: JSON.stringify({ ...charged('s-1', 5, time, id), more: 'x'.repeat(bytes) }),
    });
    const small = Array.from({ length: 30 }, (_, n) => large(`small-${n}`, 2000));
    await topics.send(topics.named('usage'), [
      ...small,
      large('large', 30_000),
      large('huge', 50_000),
      large('last', 1),
    ]);
    const intake = startIntake(topics.env);
    expect(await intake.saying(/does not take/)).toMatch(
      /does not take the 50\d{3} bytes of \S+\/0\/31: raise its max.message.bytes; intake waits/,
    );
    await topics.send(topics.named('usage'), [
      { partition: 1, value: JSON.stringify(charged('s-2', 5, time, 'other')) },
    ]);
    while (!(await topics.readJournal()).flat().map(idOf).includes('other')) await sleep(50);
    await sleep(2000);
    await letterBytesMax('100000');
    await admin.disconnect();
    const offsetsOf = (letters: readonly FetchedRecord[]) => letters.map(({ key }) => text(key).split('/').at(-1));
    while (!offsetsOf(await topics.readDeadLetters()).includes('31')) await sleep(50);
    while (!(await topics.readJournal()).flat().map(idOf).includes('last')) await sleep(50);
    const letters = await topics.readDeadLetters();
    expect([...new Set(offsetsOf(letters))]).toEqual(['30', '31']);
    expect(text(letters.at(-1)?.headers.alo_reason)).toMatch(/alo\.journal\.v1 takes no event of 50\d{3} bytes$/);
    const written = (await topics.readJournal()).flat().map(idOf);
    expect(written.filter((id) => id === 'small-0').length).toBeLessThan(4);
    expect([...new Set(written)].sort()).toEqual([...small.map((_, n) => `small-${n}`), 'last', 'other'].sort());
    await intake.kill('SIGTERM');
  });

  test('reads what was compressed by snappy and by zstd', async () => {
    const topics = await make(onlyUsage);
    await topics.createAll();
    await topics.send(topics.named('usage'), charges(500, 5), CompressionTypes.Snappy);
    await topics.send(topics.named('usage'), charges(1000, 5).slice(500), CompressionTypes.ZSTD);
    const intake = startIntake(topics.env);
    const { events } = await topics.untilWritten(1000);
    expect(new Set(events.flat().map(idOf)).size).toBe(1000);
    await intake.kill('SIGTERM');
  });

  test('shows whoever asks whether it reads, and counts what came of it', async () => {
    const topics = await make(onlyUsage);
    const port = await freePort();
    const intake = startIntake({ ...topics.env, ALO_HTTP_PORT: String(port) });
    await intake.saying(/intake waits/);
    const ask = async (path: string) => {
      const response = await fetch(`http://localhost:${port}${path}`);
      return { status: response.status, text: await response.text() };
    };
    expect(await ask('/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('there is no topic') });
    expect(await ask('/livez')).toMatchObject({ status: 200 });
    await topics.createAll();
    await topics.send(topics.named('usage'), [...charges(7, 3), { value: 'no event' }]);
    await topics.untilWritten(8);
    while ((await ask('/readyz')).status !== 200) await sleep(50);
    const { text: metrics } = await ask('/metrics');
    const counted = (outcome: string) =>
      new RegExp(
        `^alo_intake_records_total\\{topic="${topics.named('usage')}",outcome="${outcome}"\\} (\\d+)$`,
        'm',
      ).exec(metrics)?.[1];
    expect([counted('event'), counted('dead-letter')]).toEqual(['7', '1']);
    await intake.kill('SIGTERM');
  });

  test('says that records were deleted before it had read them', async () => {
    const topics = await make(onlyUsage);
    await topics.createAll();
    await topics.send(
      topics.named('usage'),
      charges(10, 1).map(({ value }) => ({ value: value as string, partition: 0 })),
    );
    const before = startIntake(topics.env);
    await topics.untilWritten(10);
    await before.kill('SIGTERM');
    await topics.send(
      topics.named('usage'),
      charges(15, 1)
        .slice(10)
        .map(({ value }) => ({ value: value as string, partition: 0 })),
    );
    const admin = topics.kafka.admin();
    await admin.connect();
    await admin.fetchTopicOffsets(topics.named('usage'));
    await admin.deleteTopicRecords({ topic: topics.named('usage'), partitions: [{ partition: 0, offset: '13' }] });
    await admin.disconnect();
    const intake = startIntake(topics.env);
    expect(await intake.saying(/deleted/)).toBe(
      `records 10 to 12 of ${topics.named('usage')}/0 were deleted before intake had read them`,
    );
    const { events } = await topics.untilWritten(12);
    expect(events.flat().map(idOf)).toEqual([...charges(10, 1).map((_, n) => `c-${n}`), 'c-13', 'c-14']);
    await intake.kill('SIGTERM');
  });
});

describeWithServers(['kafka'], 'intake, when Kafka goes', () => {
  let server: KafkaServer;
  let topics: OperatorTopics;
  beforeAll(async () => {
    server = await startKafka();
    topics = await operatorTopics(server.brokers, onlyUsage);
    await topics.createAll();
  }, serversMsMax);
  afterAll(() => server?.remove());

  test('waits, says so in a sentence, and goes on by itself when it is back, with nothing lost', async () => {
    const intake = startIntake(topics.env);
    await intake.saying(reading);
    await topics.send(topics.named('usage'), charges(100, 10));
    await topics.untilWritten(100);
    await server.kill();
    expect(await intake.saying(/intake waits/)).not.toMatch(/\n/);
    await sleep(3000);
    await server.start();
    await topics.send(topics.named('usage'), charges(200, 10).slice(100));
    const { events } = await topics.untilWritten(200);
    expect(new Set(events.flat().map(idOf)).size).toBe(200);
    expect(intake.said.length).toBeLessThan(8);
    expect((await intake.kill('SIGTERM')).code).toBe(0);
  });

  test('stops within two seconds even while Kafka is frozen', async () => {
    const intake = startIntake(topics.env);
    await intake.saying(reading);
    await server.pause();
    await sleep(500);
    const askedMs = performance.now();
    const { code } = await intake.kill('SIGTERM');
    await server.resume();
    expect([0, 3]).toContain(code);
    expect(performance.now() - askedMs).toBeLessThan(2500);
  });

  test('waits for one that was never there, and is stopped at once', async () => {
    const intake = startIntake({ ...topics.env, KAFKA_BROKERS: 'localhost:1' });
    expect(await intake.saying(/intake waits/)).toMatch(/^Kafka does not answer: .*; intake waits, and tries again$/);
    expect(await intake.kill('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  });
});
