import type { Fetched, FetchWish } from '../../../packages/runtime/src/kafka/fetch.ts';
import type { Leader } from './client.ts';

/** In place of the adapter's own way to ask a broker for records, which speaks Kafka's protocol byte by byte. */
export const fetchFrom = (leader: Leader, wishes: readonly FetchWish[]): Promise<readonly Fetched[]> =>
  Promise.all(wishes.map(leader.fetchOne));
