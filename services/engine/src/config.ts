import {
  kafkaFields,
  kafkaRelations,
  readEnvironment,
  redisFields,
  redisRelations,
  telemetryFields,
  variable,
} from '@alo/runtime/live';

/** What an engine may be told by environment variables. */
export const engineFields = {
  ...kafkaFields,
  ...redisFields,
  ...telemetryFields,
  ALO_GROUP: variable.text().default('alo-engine'),
  ALO_SESSION_TIMEOUT_MS: variable.whole(1000, 300_000).default(6000),
};

export type EngineSettings = ReturnType<typeof readSettings>;

/** @throws WrongUse with every problem. */
export const readSettings = (env: NodeJS.ProcessEnv) =>
  readEnvironment(engineFields, env, (settings) => [...kafkaRelations(settings), ...redisRelations(settings)]);
