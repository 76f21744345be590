import { kafkaFields, kafkaRelations, readEnvironment, telemetryFields, variable } from '@alo/runtime/live';

/** What a clock may be told by environment variables. */
export const clockFields = {
  ...kafkaFields,
  ...telemetryFields,
  ALO_TICK_MS: variable.whole(100, 3_600_000).default(1000),
};

export type ClockSettings = ReturnType<typeof readSettings>;

/** @throws WrongUse with every problem. */
export const readSettings = (env: NodeJS.ProcessEnv) => readEnvironment(clockFields, env, kafkaRelations);
