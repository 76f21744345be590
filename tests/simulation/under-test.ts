/** All code under test, behind one door: a variant of it is this file, loaded under another name. */
export { aloCore } from '../../packages/domain/src/core.ts';
export { countingCore } from '../../packages/runtime/src/counting-core.ts';
export { startEngine } from '../../packages/runtime/src/engine.ts';
export { InfrastructureError } from '../../packages/runtime/src/errors.ts';
export { openKafkaLog } from '../../packages/runtime/src/kafka/kafka-log.ts';
export { openRedisStates } from '../../packages/runtime/src/redis/redis-states.ts';
