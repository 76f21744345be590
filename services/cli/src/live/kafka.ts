import { connectKafka, type KafkaSettings } from '@alo/runtime/live';

export type Kafka = ReturnType<typeof connectKafka>;

/** A client of Kafka for one command. It holds no connection of its own. */
export const kafkaOf = (settings: KafkaSettings): Kafka => connectKafka(settings, { clientId: 'alo-cli' });
