import type { Broker, Cluster } from './cluster.ts';

/** A partition of a topic. */
export type Part = { readonly topic: string; readonly partition: number };

/** A broker, and partitions that it leads: one request asks for all of them. */
export type Led<Of extends Part> = { readonly broker: Broker; readonly parts: readonly Of[] };

export const keyOf = ({ topic, partition }: Part): string => `${topic}/${partition}`;

/** All partitions of topics that are there, by their leaders. */
export const leadersOf = async (cluster: Cluster, topics: readonly string[]): Promise<Led<Part>[]> => {
  await cluster.connect();
  for (const topic of topics) await cluster.addTargetTopic(topic);
  await cluster.refreshMetadata();
  const led = new Map<string, Part[]>();
  for (const topic of topics) {
    const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
    for (const [nodeId, own] of Object.entries(cluster.findLeaderForPartitions(topic, partitions))) {
      led.set(nodeId, [...(led.get(nodeId) ?? []), ...own.map((partition) => ({ topic, partition }))]);
    }
  }
  return Promise.all(
    [...led].map(async ([nodeId, parts]) => ({ broker: await cluster.findBroker({ nodeId }), parts })),
  );
};

/** Partitions as a request lists them, each with what is wanted of it. */
export const byTopic = <Of extends Part>(parts: readonly Of[], wanted: (part: Of) => object) =>
  [...Map.groupBy(parts, ({ topic }) => topic)].map(([topic, own]) => ({
    topic,
    partitions: own.map((part) => ({ partition: part.partition, ...wanted(part) })),
  }));

/** Kafka's numbers: which end of the log, and whether what is not decided yet counts. */
const asks = {
  first: { timestamp: -2, isolationLevel: 0 },
  stable: { timestamp: -1, isolationLevel: 1 },
  end: { timestamp: -1, isolationLevel: 0 },
} as const;

/** Where partitions begin, where what is committed ends, or where all ends: by their keys. */
export const offsetsOf = async (
  { broker, parts }: Led<Part>,
  which: keyof typeof asks,
): Promise<ReadonlyMap<string, number>> => {
  const { timestamp, isolationLevel } = asks[which];
  const { responses } = await broker.listOffsets({ isolationLevel, topics: byTopic(parts, () => ({ timestamp })) });
  return new Map(
    responses.flatMap(({ topic, topicName, partitions }) =>
      partitions.map(({ partition, offset, offsets }): [string, number] => [
        keyOf({ topic: topic ?? (topicName as string), partition }),
        Number(offset ?? offsets?.[0]),
      ]),
    ),
  );
};
