import { readLine } from '@alo/contracts';
import { Kafka, logLevel } from 'kafkajs';
import { measure } from '../measured.ts';

const [brokers = '', topic = '', wanted = ''] = process.argv.slice(2);
const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'bare', logLevel: logLevel.NOTHING });

/** What no program on kafkajs can be faster than: it reads, parses and validates every record, and does nothing else. */
const readAll = async () => {
  const consumer = kafka.consumer({
    groupId: `bare-${process.pid}`,
    maxBytesPerPartition: 512 * 1024,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let read = 0;
  let firstMs: number | undefined;
  let events = 0;
  await new Promise<void>((resolve) =>
    consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 2,
      eachBatch: async ({ batch, heartbeat }) => {
        firstMs ??= performance.now();
        for (const { value } of batch.messages) if (value && readLine(value).kind === 'event') events += 1;
        read += batch.messages.length;
        await heartbeat();
        if (read >= Number(wanted)) resolve();
      },
    }),
  );
  const timedMs = performance.now() - (firstMs ?? 0);
  setTimeout(() => process.exit(0), 500);
  return { events: read, timedMs, besides: { valid: events } };
};

await measure(readAll);
process.exit(0);
