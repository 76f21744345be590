import type { Kafka } from 'kafkajs';
import { openCluster } from './cluster.ts';
import { ask } from './topics-there.ts';

/** A broker, and which versions of Kafka's Fetch it speaks: they tell how old it is. */
export type FoundBroker = {
  readonly id: number;
  readonly address: string;
  readonly fetch: { readonly min: number; readonly max: number };
};

const fetchApi = 1;

/** Kafka 3.9 is the first that answers version 17, and 4.0 the first that no longer answers versions below 4. */
const fetchMaxMin = 17;
const fetchMinMin = 4;

/** Older than Kafka 4.0: it can lose a transaction that was fenced. */
export const isOldBroker = ({ fetch }: FoundBroker): boolean => fetch.max < fetchMaxMin || fetch.min < fetchMinMin;

const fetchVersions = async (kafka: Kafka, nodeIds: readonly number[]): Promise<FoundBroker['fetch'][]> => {
  const cluster = openCluster(kafka);
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const brokers = await Promise.all(nodeIds.map((id) => cluster.findBroker({ nodeId: `${id}` })));
    return brokers.map(({ versions }) => ({
      min: versions?.[fetchApi]?.minVersion ?? 0,
      max: versions?.[fetchApi]?.maxVersion ?? 0,
    }));
  } finally {
    await cluster.disconnect().catch(() => undefined);
  }
};

/** The brokers of the cluster, each asked itself. Rejects with InfrastructureError where one of them does not answer. */
export const describeBrokers = (kafka: Kafka): Promise<FoundBroker[]> =>
  ask(kafka, async (admin) => {
    const { brokers } = await admin.describeCluster();
    const sorted = [...brokers].sort((a, b) => a.nodeId - b.nodeId);
    const fetch = await fetchVersions(
      kafka,
      sorted.map(({ nodeId }) => nodeId),
    );
    return sorted.map(({ nodeId, host, port }, n) => ({
      id: nodeId,
      address: `${host}:${port}`,
      fetch: fetch[n] as FoundBroker['fetch'],
    }));
  });
