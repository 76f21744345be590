import { borrowAddress, type LentServer, openLentServers } from './lent-servers.ts';
import { lentServersVariable } from './tie-to-run.ts';

/**
 * The Kafka of KAFKA_BROKERS, else the one that all tests of this run share: so a test makes topics and groups
 * under names of its own. Throws where there is none.
 */
export const kafkaForTests = async (): Promise<{ readonly brokers: string }> => ({
  brokers: process.env.KAFKA_BROKERS || (await shared('kafka')),
});

/** The Redis of REDIS_URL, else the one that all tests of this run share: so a test writes under a prefix of its own. */
export const redisForTests = async (): Promise<{ readonly url: string }> => ({
  url: process.env.REDIS_URL || (await shared('redis')),
});

let own: ReturnType<typeof openLentServers> | undefined;

/** Without jest, this process is the whole run. */
const ownSocket = async (): Promise<string> => {
  own ??= openLentServers();
  return (await own).socket;
};

const shared = async (name: LentServer): Promise<string> =>
  borrowAddress(process.env[lentServersVariable] ?? (await ownSocket()), name);
