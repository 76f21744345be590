import { encodeBinary, type Trigger } from '@alo/contracts';
import type { Message } from 'kafkajs';
import type { Published, Receipt } from '../ports.ts';

/** The topics of alo besides those of its triggers. */
export const journalTopic = 'alo.journal.v1';
export const receiptsTopic = 'alo.receipts.v1';
export const deadLettersTopic = 'alo.dead-letters.v1';

/** An output as it goes to Kafka. A refused record goes whole, its bytes untouched, with the reason beside it. */
export const messageOf = (published: Published, partition: number): { topic: string; message: Message } => {
  if (published.kind === 'trigger') {
    const { key, headers, value } = encodeBinary(JSON.parse(published.text) as Trigger);
    return { topic: published.topic, message: { key, headers, value, partition } };
  }
  const { code, message, offset, bytes } = published;
  return {
    topic: deadLettersTopic,
    message: {
      partition,
      key: null,
      value: Buffer.from(bytes),
      headers: {
        code,
        message: headerText(message),
        topic: journalTopic,
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
