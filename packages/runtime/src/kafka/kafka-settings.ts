import { variable } from '../environment.ts';

const brokerForm = /^[^\s:,]+:\d{1,5}$/;

/** How Kafka is reached, by environment variables. */
export const kafkaFields = {
  KAFKA_BROKERS: variable
    .list()
    .refine((brokers) => brokers.every((broker) => brokerForm.test(broker)), 'must be host:port, with commas between'),
  KAFKA_TLS: variable.flag().default(false),
  KAFKA_TLS_CA: variable.file().optional(),
  KAFKA_TLS_CERT: variable.file().optional(),
  KAFKA_TLS_KEY: variable.file().optional(),
  KAFKA_SASL_MECHANISM: variable.choice(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: variable.text().optional(),
  KAFKA_SASL_PASSWORD: variable.secret().optional(),
  KAFKA_TOPIC_PREFIX: variable.text().default(''),
};

export type KafkaSettings = {
  readonly KAFKA_BROKERS: readonly string[];
  readonly KAFKA_TLS: boolean;
  readonly KAFKA_TLS_CA?: string | undefined;
  readonly KAFKA_TLS_CERT?: string | undefined;
  readonly KAFKA_TLS_KEY?: string | undefined;
  readonly KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined;
  readonly KAFKA_SASL_USERNAME?: string | undefined;
  readonly KAFKA_SASL_PASSWORD?: string | undefined;
  /** In front of the name of every topic of alo's. */
  readonly KAFKA_TOPIC_PREFIX: string;
};

/** What Kafka's variables must say of each other. */
export const kafkaRelations = (settings: KafkaSettings): (readonly [string, string])[] => {
  const problems: (readonly [string, string])[] = [];
  const needs = (name: keyof KafkaSettings, isNeeded: boolean, why: string) => {
    if (isNeeded && settings[name] === undefined) problems.push([name, `must be set, for ${why}`]);
  };
  needs('KAFKA_SASL_USERNAME', settings.KAFKA_SASL_MECHANISM !== undefined, 'KAFKA_SASL_MECHANISM is');
  needs('KAFKA_SASL_PASSWORD', settings.KAFKA_SASL_MECHANISM !== undefined, 'KAFKA_SASL_MECHANISM is');
  needs('KAFKA_SASL_MECHANISM', settings.KAFKA_SASL_USERNAME !== undefined, 'KAFKA_SASL_USERNAME is');
  needs('KAFKA_TLS_CERT', settings.KAFKA_TLS_KEY !== undefined, 'KAFKA_TLS_KEY is');
  needs('KAFKA_TLS_KEY', settings.KAFKA_TLS_CERT !== undefined, 'KAFKA_TLS_CERT is');
  if (!settings.KAFKA_TLS && (settings.KAFKA_TLS_CA !== undefined || settings.KAFKA_TLS_CERT !== undefined)) {
    problems.push(['KAFKA_TLS', 'must be true where KAFKA_TLS_CA or KAFKA_TLS_CERT is set']);
  }
  return problems;
};
