import type { Message as ClientMessage } from 'kafkajs';
import { ask, type Reply } from '../network.ts';
import type { Broker, Sending } from './broker.ts';
import type { KafkaSide } from './client.ts';
import type { Identity } from './coordinator.ts';
import type { Message, PartitionLog, Verdict } from './partition-log.ts';

type TopicMessages = { readonly topic: string; readonly messages: readonly ClientMessage[] };
type Sent = { readonly topicName: string; readonly partition: number; readonly errorCode: number };

const partitionOf = ({ messages }: TopicMessages): number => messages[0]?.partition as number;

/**
 * A transactional producer with the habits of the client: it begins under its id once; a batch that failed keeps its
 * number, so that the next one may pass for it; and after a failed end it is stuck.
 */
export const makeProducer = ({ world, broker, process }: KafkaSide, transactionalId: string) => {
  let identity: Identity | undefined;
  let isBusy = false;
  const sequences = new Map<PartitionLog, number>();

  const identify = async (): Promise<Identity> => {
    identity ??= await ask(world, process, `a new epoch of ${transactionalId}`, (reply: Reply<Identity>) =>
      broker.coordinator.init(transactionalId, reply),
    );
    return identity;
  };

  const sendingOf = (batch: TopicMessages): Sending => {
    const log = broker.log(batch.topic, partitionOf(batch));
    return { log, messages: batch.messages as readonly Message[], sequence: sequences.get(log) ?? 0 };
  };

  const produce = async (own: Identity, sendings: readonly Sending[]): Promise<void> => {
    const what = `append ${sendings.map(({ log, messages }) => `${messages.length} to ${log.name}`).join(', ')}`;
    await ask(world, process, what, (reply: Reply<void>) => produceAll(broker, own, sendings, reply));
    for (const { log, messages, sequence } of sendings) sequences.set(log, sequence + messages.length);
  };

  const send = async (own: Identity, batches: readonly TopicMessages[]): Promise<readonly Sent[]> => {
    const sent = batches.length > 1 && world.chance.happens(world.trouble.unsent) ? batches.slice(1) : batches;
    const sendings = sent.map(sendingOf);
    // Partitions that another broker leads come in a request of their own.
    const requests = world.chance.happens(0.5) ? [sendings] : sendings.map((one) => [one]);
    await Promise.all(requests.map((request) => produce(own, request)));
    return sent.map((batch) => ({ topicName: batch.topic, partition: partitionOf(batch), errorCode: 0 }));
  };

  const end = (own: Identity, verdict: Verdict): Promise<void> =>
    ask(world, process, `${verdict} of epoch ${own.epoch}`, (reply: Reply<void>) =>
      broker.coordinator.end(own, verdict, reply),
    );

  const begun = (own: Identity) => {
    const added = new Set<PartitionLog>();
    return {
      sendBatch: async ({ topicMessages }: { readonly topicMessages: readonly TopicMessages[] }) => {
        const logs = topicMessages.map((batch) => broker.log(batch.topic, partitionOf(batch)));
        const unknown = logs.filter((log) => !added.has(log));
        if (unknown.length > 0) {
          await ask(world, process, `add ${unknown.map(({ name }) => name).join(', ')}`, (reply: Reply<void>) =>
            broker.coordinator.add(own, unknown, reply),
          );
          for (const log of unknown) added.add(log);
        }
        return send(own, topicMessages);
      },
      commit: async () => {
        await end(own, 'commit');
        isBusy = false;
      },
      abort: async () => {
        if (added.size > 0) await end(own, 'abort');
        isBusy = false;
      },
    };
  };

  return {
    connect: async () => undefined,
    disconnect: async () => undefined,
    transaction: async () => {
      if (isBusy) throw new Error('There is already an ongoing transaction for this producer.');
      const own = await identify();
      isBusy = true;
      return begun(own);
    },
  };
};

const produceAll = (broker: Broker, own: Identity, sendings: readonly Sending[], reply: Reply<void>): void => {
  const errors = sendings.map((sending) => broker.produce(own, sending));
  const error = errors.find((one) => one !== undefined);
  if (error) reply.fail(error);
  else reply.done();
};
