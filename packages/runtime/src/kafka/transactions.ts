import { type Kafka, type Message, Partitioners, type ProducerBatch, type RecordMetadata } from 'kafkajs';
import { Doubt } from '../errors.ts';
import { withRetry } from './cluster.ts';

/** The broker writes the markers of a transaction after it has answered: the next one waits for that, in small steps. */
const transactionRetry = { initialRetryTime: 2, multiplier: 1.5, maxRetryTime: 1000, retries: 18 } as const;
const transactionTimeoutMs = 15_000;
const messagesMax = 1000;

export type Addressed = { readonly topic: string; readonly message: Message };

/** Sends grow with the square of what one partition gets at once. */
const batchesOf = (messages: readonly Addressed[]): ProducerBatch['topicMessages'][] => {
  const batches: ProducerBatch['topicMessages'][] = [];
  for (let from = 0; from < messages.length; from += messagesMax) {
    const byTopic = Map.groupBy(messages.slice(from, from + messagesMax), ({ topic }) => topic);
    batches.push(
      [...byTopic].map(([topic, addressed]) => ({ topic, messages: addressed.map(({ message }) => message) })),
    );
  }
  return batches;
};

/** A send can resolve although a part of it was never sent: what was sent is told by topic and partition. */
const refuseUnsent = (batch: NonNullable<ProducerBatch['topicMessages']>, sent: readonly RecordMetadata[]): void => {
  const answered = new Set(sent.map(({ topicName, partition }) => `${topicName}/${partition}`));
  for (const { topic, messages } of batch) {
    for (const { partition } of messages) {
      if (!answered.has(`${topic}/${partition}`)) throw new Doubt(`what was sent to ${topic} was not acknowledged`);
    }
  }
};

/**
 * The only one who writes under a transactional id from now on: all others who did are fenced, and what they left open
 * is aborted. Whatever fails, throw it away: what became of its last transaction only the log knows.
 */
export const openTransactions = async (kafka: Kafka, transactionalId: string) => {
  const producer = withRetry(kafka, transactionRetry, (own) =>
    own.producer({
      transactionalId,
      transactionTimeout: transactionTimeoutMs,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: transactionRetry,
    }),
  );
  const close = () => producer.disconnect().catch(() => undefined);
  try {
    await producer.connect();
    const first = await producer.transaction();
    await first.abort();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    /** One transaction with all of these, each to its own partition. */
    commit: async (messages: readonly Addressed[]): Promise<void> => {
      const transaction = await producer.transaction();
      for (const topicMessages of batchesOf(messages)) {
        refuseUnsent(
          topicMessages ?? [],
          await transaction.sendBatch({ topicMessages: topicMessages ?? [], acks: -1 }),
        );
      }
      await transaction.commit();
    },
    close,
  };
};

export type Transactions = Awaited<ReturnType<typeof openTransactions>>;
