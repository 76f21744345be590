/** What security a listener has: Kafka's names. */
export type KafkaSecurity = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';

export type KafkaListener = { readonly name: string; readonly security: KafkaSecurity; readonly port: number };

export type KafkaPlace = {
  /** Where the listeners wait: 127.0.0.1, except in a container. */
  readonly host: string;
  readonly dataFolder: string;
  readonly controllerPort: number;
  readonly listeners: readonly KafkaListener[];
};

const addressesOf = ({ listeners }: KafkaPlace, host: string) => listeners.map((l) => `${l.name}://${host}:${l.port}`);

/** One broker that is its own controller. A topic exists only where somebody made it. */
export const kafkaProperties = (place: KafkaPlace): Record<string, string> => ({
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.bootstrap.servers': `localhost:${place.controllerPort}`,
  'controller.listener.names': 'CONTROLLER',
  listeners: [...addressesOf(place, place.host), `CONTROLLER://127.0.0.1:${place.controllerPort}`].join(),
  'advertised.listeners': addressesOf(place, 'localhost').join(),
  'listener.security.protocol.map': [
    'CONTROLLER:PLAINTEXT',
    ...place.listeners.map(({ name, security }) => `${name}:${security}`),
  ].join(),
  'inter.broker.listener.name': 'PLAINTEXT',
  'log.dirs': place.dataFolder,
  'auto.create.topics.enable': 'false',
  'offsets.topic.num.partitions': '4',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  // A broker that was killed may come back only when its session has ended: after 9 s by default.
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '250',
  // 128 MB by default, taken at every start.
  'log.cleaner.dedupe.buffer.size': '2097152',
});

/** As a file that Java reads: a value may have lines, as keys and certificates in PEM do. */
export const propertiesFile = (properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`)
    .join('');
