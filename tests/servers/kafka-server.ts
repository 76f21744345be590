import { type KafkaNode, type KafkaOptions, startNodes } from './kafka-nodes.ts';

export type KafkaServer = KafkaNode;

/** Starts a Kafka of one's own: empty, on free ports of 127.0.0.1. Throws where there is nothing to start it with. */
export const startKafka = async (options: KafkaOptions = {}): Promise<KafkaServer> => {
  const [node] = await startNodes(1, options);
  return node!;
};
