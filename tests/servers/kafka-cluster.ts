import { type KafkaNode, type KafkaOptions, startNodes } from './kafka-nodes.ts';

export type ClusterOptions = KafkaOptions & {
  /** How many brokers: 3 unless said otherwise. */
  readonly nodes?: number;
};

/** Everything is on all nodes, and a write is acknowledged when most have it. */
export type KafkaCluster = {
  readonly nodes: readonly KafkaNode[];
  /** Without TLS or password: `localhost:PORT` of each node, with commas between them. */
  readonly brokers: string;
  /** Ends all nodes and deletes their data. */
  remove(): Promise<void>;
};

/** Who leads is who holds all; and when a node is back, it soon leads again where it led before. */
const leadership: Readonly<Record<string, string>> = {
  'unclean.leader.election.enable': 'false',
  'auto.leader.rebalance.enable': 'true',
  'leader.imbalance.check.interval.seconds': '1',
  'leader.imbalance.per.broker.percentage': '0',
};

const javaArgsSmall = ['-Xmx288m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** Starts a Kafka of several nodes of one's own: empty, on free ports of 127.0.0.1. Needs a JDK. */
export const startKafkaCluster = async ({
  nodes: count = 3,
  ...options
}: ClusterOptions = {}): Promise<KafkaCluster> => {
  const properties = { ...leadership, ...options.properties };
  const nodes = await startNodes(count, { javaArgs: javaArgsSmall, ...options, properties });
  return {
    nodes,
    brokers: nodes.map(({ brokers }) => brokers).join(),
    remove: async () => void (await Promise.all(nodes.map((node) => node.remove()))),
  };
};
