import { Command, type Redis } from 'ioredis';
import { faultOf } from './redis-faults.ts';

/** A command whose answer is bytes. */
export const bytesCommand = (name: string, ...args: (string | Buffer)[]): Command => new Command(name, args);

/** A command whose answer is text. */
export const textCommand = (name: string, ...args: (string | Buffer)[]): Command =>
  new Command(name, args, { replyEncoding: 'utf8' });

/** One connection, from its opening to its end: what is watched is forgotten with it. */
export type Session = { readonly redis: Redis; readonly stream: Redis['stream']; readonly shown: string };

export const sessionOf = ({ redis, shown }: { readonly redis: Redis; readonly shown: string }): Session => ({
  redis,
  shown,
  stream: redis.stream,
});

/**
 * Sends commands in one go, and gives their answers once all are there. Rejects with InfrastructureError, for the first
 * error in their order, and where the connection is no longer the one that it was.
 */
export const sendTogether = async (session: Session, commands: readonly Command[]): Promise<readonly unknown[]> => {
  const settled = await Promise.allSettled(sent(session, commands));
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed) throw faultOf(failed.reason, session.shown);
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value);
};

const sent = ({ redis, stream, shown }: Session, commands: readonly Command[]): readonly Promise<unknown>[] => {
  if (redis.status !== 'ready' || redis.stream !== stream) throw faultOf(new Error('Connection is closed.'), shown);
  stream.cork();
  try {
    return commands.map((command) => redis.sendCommand(command) as Promise<unknown>);
  } finally {
    stream.uncork();
  }
};
