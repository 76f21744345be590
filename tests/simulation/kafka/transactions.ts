import { ask, type Reply } from '../network.ts';
import type { Broker, Sending } from './broker.ts';
import type { KafkaSide } from './client.ts';
import { type Identity, kafkaError } from './coordinator.ts';
import type { Message, Verdict } from './partition-log.ts';

/** How the client says who asks. */
type Asking = { readonly transactionalId: string; readonly producerId: string; readonly producerEpoch: number };
type Places = readonly { readonly topic: string; readonly partitions: readonly number[] }[];
type Produced = {
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence: number;
      readonly messages: readonly Message[];
    }[];
  }[];
};

const identityOf = ({ transactionalId, producerId, producerEpoch }: Asking): Identity => ({
  transactionalId,
  producerId: Number(producerId),
  epoch: producerEpoch,
});

/** What a client asks of the coordinator of its transactions. */
export const coordinatorFor = ({ world, broker, process }: KafkaSide) => ({
  initProducerId: async ({ transactionalId }: Pick<Asking, 'transactionalId'>) => {
    const { producerId, epoch } = await ask(
      world,
      process,
      `a new epoch of ${transactionalId}`,
      (reply: Reply<Identity>) => broker.coordinator.init(transactionalId, reply),
    );
    return { producerId: `${producerId}`, producerEpoch: epoch };
  },
  addPartitionsToTxn: ({ topics, ...asking }: Asking & { readonly topics: Places }) => {
    const logs = topics.flatMap(({ topic, partitions }) => partitions.map((n) => broker.log(topic, n)));
    return ask(world, process, `add ${logs.map(({ name }) => name).join(', ')}`, (reply: Reply<void>) =>
      broker.coordinator.add(identityOf(asking), logs, reply),
    );
  },
  endTxn: ({ transactionResult, ...asking }: Asking & { readonly transactionResult: boolean }) => {
    const verdict: Verdict = transactionResult ? 'commit' : 'abort';
    return ask(world, process, `${verdict} of epoch ${asking.producerEpoch}`, (reply: Reply<void>) =>
      broker.coordinator.end(identityOf(asking), verdict, reply),
    );
  },
});

/** What a client sends to one broker, which leads some of the partitions, or did. */
export const produceFor =
  ({ world, broker, process }: KafkaSide, node: string) =>
  ({ topicData, ...asking }: Asking & Produced): Promise<void> => {
    const sendings = topicData.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, messages, firstSequence }) => ({
        log: broker.log(topic, partition),
        messages,
        sequence: firstSequence,
      })),
    );
    const what = `broker ${node} to append ${sendings.map(({ log, messages }) => `${messages.length} to ${log.name}`).join(', ')}`;
    return ask(world, process, what, (reply: Reply<void>) => {
      const error = sendings.map((sending) => produceOne(broker, node, identityOf(asking), sending)).find(Boolean);
      if (error) reply.fail(error);
      else reply.done();
    });
  };

const notLeader = () => kafkaError('NOT_LEADER_FOR_PARTITION');

/** A leader that loses a partition says so also of what it has just taken, and what the next one has too. */
const produceOne = (broker: Broker, node: string, own: Identity, sending: Sending): Error | undefined => {
  if (broker.leaderOf(sending.log) !== node) return notLeader();
  const moving = broker.moving(sending.log);
  if (moving === 'before') return notLeader();
  const error = broker.produce(own, sending);
  return moving === 'after' ? notLeader() : error;
};
