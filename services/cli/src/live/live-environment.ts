import {
  type KafkaSettings,
  kafkaFields,
  kafkaRelations,
  type RedisSettings,
  readEnvironment,
  redisFields,
  redisRelations,
  variable,
} from '@alo/runtime/live';

/** How Kafka is reached. @throws WrongUse with every problem of the environment. */
export const kafkaEnvironment = () => readEnvironment(kafkaFields, process.env, kafkaRelations);

const liveFields = { ...kafkaFields, ...redisFields };

const liveRelations = (values: KafkaSettings & RedisSettings) => [...kafkaRelations(values), ...redisRelations(values)];

/** How Kafka and Redis are reached. @throws WrongUse with every problem of the environment. */
export const liveEnvironment = () => readEnvironment(liveFields, process.env, liveRelations);

/** How Kafka and Redis are reached, and in which group the engines are. @throws WrongUse likewise. */
export const doctorEnvironment = () =>
  readEnvironment({ ...liveFields, ALO_GROUP: variable.text().default('alo-engine') }, process.env, liveRelations);

/** How Kafka is reached, and Redis where that is told. @throws WrongUse with every problem of the environment. */
export const kafkaAndPerhapsRedis = () =>
  readEnvironment(
    { ...kafkaFields, ...redisFields, REDIS_URL: redisFields.REDIS_URL.optional() },
    process.env,
    (values) => [
      ...kafkaRelations(values),
      ...(values.REDIS_URL === undefined ? [] : redisRelations({ ...values, REDIS_URL: values.REDIS_URL })),
    ],
  );
