import { openRedisStates } from '../../packages/runtime/src/redis/redis-states.ts';
import { describeStates, type StatesAtHand } from '../../packages/runtime/src/store-contract.ts';
import { describeWithServers } from '../servers/describe-with-servers.ts';
import { redisForTests } from '../servers/servers.ts';
import { asking, connected, ownPrefix, removeKeys } from './redis-at-hand.ts';

const partition = 3;

describeWithServers(['redis'], 'the states in Redis', () => {
  describeStates('Redis', {
    make: async () => {
      const prefix = ownPrefix();
      const open = async (): Promise<StatesAtHand> => {
        const connection = await connected();
        const states = openRedisStates(connection, { prefix, partition });
        await states.applied();
        return { states, close: connection.close };
      };
      const remove = async () => asking((await redisForTests()).url, (client) => removeKeys(client, prefix));
      return { open, remove };
    },
  });
});
