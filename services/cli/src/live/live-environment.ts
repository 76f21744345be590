import { kafkaFields, kafkaRelations, readEnvironment, redisFields, redisRelations } from '@alo/runtime';

/** How Kafka is reached. @throws WrongUse with every problem of the environment. */
export const kafkaEnvironment = () => readEnvironment(kafkaFields, process.env, kafkaRelations);

/** How Kafka and Redis are reached. @throws WrongUse with every problem of the environment. */
export const liveEnvironment = () =>
  readEnvironment({ ...kafkaFields, ...redisFields }, process.env, (values) => [
    ...kafkaRelations(values),
    ...redisRelations(values),
  ]);

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
