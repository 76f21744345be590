import { encodeBinary, type Trigger, topics } from '@alo/contracts';
import type { Message } from 'kafkajs';
import type { Published, Receipt } from '../ports.ts';

/** The topics that an engine writes, besides that of its receipts. */
export const outputTopics = [
  topics.tiers,
  topics.gifts,
  topics.suspensions,
  topics.care,
  topics.compliance,
  topics.standing,
  topics.deadLetters,
] as const;

/** An output as it goes to Kafka. A refused record goes whole, its bytes untouched, with the reason beside it. */
export const messageOf = (published: Published, partition: number): { topic: string; message: Message } => {
  if (published.kind === 'trigger') {
    const { key, headers, value } = encodeBinary(JSON.parse(published.text) as Trigger);
    return { topic: published.topic, message: { key, headers, value, partition } };
  }
  const { code, message, offset, bytes } = published;
  return {
    topic: topics.deadLetters,
    message: {
      partition,
      key: null,
      value: Buffer.from(bytes),
      headers: {
        code,
        message: headerText(message),
        topic: topics.journal,
        partition: `${partition}`,
        offset: `${offset}`,
      },
    },
  };
};

/** A header is bytes: half a surrogate pair would come back as something else. */
const headerText = (text: string): string => text.toWellFormed();

export const receiptMessage = (receipt: Receipt, partition: number): Message => ({
  partition,
  key: `${partition}`,
  value: JSON.stringify(receipt),
});
