/** What security a listener has: Kafka's names. */
export type KafkaSecurity = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';

export type KafkaListener = {
  readonly name: string;
  readonly security: KafkaSecurity;
  readonly port: number;
  /** What clients are told instead. */
  readonly advertisedPort: number;
};

export type KafkaPlace = {
  readonly nodeId: number;
  /** Where the listeners wait: 127.0.0.1, except in a container. */
  readonly host: string;
  readonly dataFolder: string;
  readonly controllerPort: number;
  /** Those of all nodes, this one's among them. */
  readonly controllerPorts: readonly number[];
  readonly listeners: readonly KafkaListener[];
};

const atPorts = ({ listeners }: KafkaPlace, host: string, portOf: (listener: KafkaListener) => number) =>
  listeners.map((listener) => `${listener.name}://${host}:${portOf(listener)}`);

/** A broker that is a controller too: one by itself, or one of several. A topic exists only where somebody made it. */
export const kafkaProperties = (place: KafkaPlace): Record<string, string> => ({
  'process.roles': 'broker,controller',
  'node.id': `${place.nodeId}`,
  'controller.quorum.bootstrap.servers': place.controllerPorts.map((port) => `localhost:${port}`).join(),
  'controller.listener.names': 'CONTROLLER',
  listeners: [
    ...atPorts(place, place.host, ({ port }) => port),
    `CONTROLLER://127.0.0.1:${place.controllerPort}`,
  ].join(),
  'advertised.listeners': atPorts(place, 'localhost', ({ advertisedPort }) => advertisedPort).join(),
  'listener.security.protocol.map': [
    'CONTROLLER:PLAINTEXT',
    ...place.listeners.map(({ name, security }) => `${name}:${security}`),
  ].join(),
  'inter.broker.listener.name': 'PLAINTEXT',
  'log.dirs': place.dataFolder,
  'auto.create.topics.enable': 'false',
  ...replication(place.controllerPorts.length),
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.num.partitions': '4',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  // A broker that was killed may come back only when its session has ended: after 9 s by default.
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '250',
  // 128 MB by default, taken at every start.
  'log.cleaner.dedupe.buffer.size': '2097152',
});

/** Everything on all nodes, and written once most of them have it. */
const replication = (nodes: number): Record<string, string> => {
  const most = Math.floor(nodes / 2) + 1;
  return {
    'default.replication.factor': `${nodes}`,
    'min.insync.replicas': `${most}`,
    'offsets.topic.replication.factor': `${nodes}`,
    'transaction.state.log.replication.factor': `${nodes}`,
    'transaction.state.log.min.isr': `${most}`,
  };
};

/** As a file that Java reads: a value may have lines, as keys and certificates in PEM do. */
export const propertiesFile = (properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`)
    .join('');
