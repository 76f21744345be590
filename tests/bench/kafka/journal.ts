import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { topics } from '@alo/contracts';
import { openJournalWriter, openPartitionWriter } from '@alo/runtime/live';
import type { Kafka } from 'kafkajs';

const chunk = 20_000;

/** Puts a policy into every partition, as its first record. */
export const activate = async (
  kafka: Kafka,
  prefix: string,
  partitions: number,
  policy: { id: string; version: number },
) => {
  const writer = await openPartitionWriter(kafka, `${prefix}${topics.journal}`);
  const value = JSON.stringify({
    specversion: '1.0',
    id: `${policy.id}/${policy.version}`,
    source: '/bench',
    type: 'alo.policy.activated.v1',
    time: new Date().toISOString(),
    data: { policy },
  });
  for (let partition = 0; partition < partitions; partition += 1) await writer.write(partition, value);
  await writer.close();
};

/** Writes a file of events to the journal, each by its subject; answers with how many. */
export const fill = async (kafka: Kafka, prefix: string, file: string): Promise<number> => {
  const journal = `${prefix}${topics.journal}`;
  const writer = await openJournalWriter(kafka, [journal]);
  let lines: { key: string; value: Buffer }[] = [];
  let written = 0;
  const flush = async () => {
    await writer.write(journal, lines);
    written += lines.length;
    lines = [];
  };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    lines.push({ key: /"subject":"([^"]*)"/.exec(line)?.[1] ?? '', value: Buffer.from(line) });
    if (lines.length === chunk) await flush();
  }
  await flush();
  await writer.close();
  return written;
};
