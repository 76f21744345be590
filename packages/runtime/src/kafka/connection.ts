import { createRequire } from 'node:module';
import { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import type { Logger } from 'pino';
import { connectOnce } from './connect-once.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import './snappy-codec.ts';
import { quietRequestQueue } from './request-queue.ts';

/** Retries of a request that may be made again, for what has no retries of its own: some 3 s in all. */
export const requestRetry = { initialRetryTime: 50, multiplier: 1.5, maxRetryTime: 500, retries: 8 } as const;

export const requestTimeoutMs = 10_000;

export type KafkaLogger = Pick<Logger, 'debug'>;

const knownVersion = '2.2.4';

/** What alo reaches into the client for is known of one version only. */
const refuseOtherVersion = (): void => {
  const { version } = createRequire(import.meta.url)('kafkajs/package.json') as { version: string };
  if (version !== knownVersion) throw new Error(`kafkajs must be ${knownVersion}, and is ${version}`);
};

const saslOf = (settings: KafkaSettings): SASLOptions | undefined => {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = settings;
  return mechanism && ({ mechanism, username, password } as SASLOptions);
};

const tlsOf = ({ KAFKA_TLS, KAFKA_TLS_CA, KAFKA_TLS_CERT, KAFKA_TLS_KEY }: KafkaSettings) =>
  KAFKA_TLS && {
    ...(KAFKA_TLS_CA !== undefined && { ca: [KAFKA_TLS_CA] }),
    ...(KAFKA_TLS_CERT !== undefined && { cert: KAFKA_TLS_CERT }),
    ...(KAFKA_TLS_KEY !== undefined && { key: KAFKA_TLS_KEY }),
  };

/**
 * A client of Kafka as alo's services use it. What the library logs, retriable answers as errors among it, is for
 * debugging: who uses the client says in a sentence of its own what went wrong.
 */
export const connectKafka = (
  settings: KafkaSettings,
  { clientId, log }: { readonly clientId: string; readonly log?: KafkaLogger | undefined },
): Kafka => {
  refuseOtherVersion();
  quietRequestQueue();
  connectOnce();
  const sasl = saslOf(settings);
  return new Kafka({
    clientId,
    brokers: [...settings.KAFKA_BROKERS],
    ssl: tlsOf(settings),
    ...(sasl && { sasl }),
    retry: requestRetry,
    connectionTimeout: 3000,
    requestTimeout: requestTimeoutMs,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log: { message, error } }) =>
        log?.debug({ namespace, error }, message),
  });
};
