import { type Incoming, type Output, readText } from '@alo/contracts';
import { openPartition } from '../../packages/domain/src/testing/partition.ts';

const timeOf = (incoming: Incoming) => ('time' in incoming ? incoming.time : undefined);

/** The event by which a policy takes effect, at the time of another event. */
const activation = (policy: string, event: string): string =>
  JSON.stringify({
    specversion: '1.0',
    id: 'activation',
    source: '/guide',
    type: 'alo.policy.activated.v1',
    time: JSON.parse(event).time,
    data: { policy: JSON.parse(policy) },
  });

/** A journal of one partition, held in memory: events go in, in their order, and what alo says of each comes out. */
export const openJournal = (policy: string) => {
  const partition = openPartition();
  const take = (event: string): readonly Output[] => {
    const incoming = readText(event);
    return partition.take({ incoming, appendedAt: timeOf(incoming) ?? 0, ahead: false }).outputs;
  };
  return {
    append: (event: string): readonly Output[] => {
      if (partition.header().policy === undefined) take(activation(policy, event));
      return take(event);
    },
  };
};
