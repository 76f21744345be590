import type { Command } from 'ioredis';
import type { RedisConnection } from '../../../packages/runtime/src/redis/connection.ts';
import { fateOf, wayUs } from '../network.ts';
import type { Process } from '../process.ts';
import type { World } from '../world.ts';
import { type Sent, sentOf } from './resp.ts';
import type { RedisServer, Session } from './server.ts';

type Waiting = {
  readonly sent: Sent;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
};

type Packet = { readonly commands: readonly Waiting[]; isAnswered: boolean };

export type RedisSide = { readonly world: World; readonly server: RedisServer; readonly process: Process };

const closed = () => new Error('Connection is closed.');
const timedOut = () => new Error('Command timed out');
const reconnectUs = 20_000;

/**
 * A connection as the client library gives it: what is sent in one go arrives in order, and perhaps in parts between
 * which others are served; after it was cut the library makes another by itself, and says so by its stream alone.
 */
export const connectTo = ({ world, server, process }: RedisSide) => {
  const { scheduler, chance } = world;
  let arrivalUs = 0;
  let answerUs = 0;
  /** What is held back while the stream is corked. */
  let outbox: Waiting[] | undefined;
  let unanswered: Packet[] = [];
  let arrived: { readonly packet: Packet; readonly answers: unknown[]; readonly isHeard: boolean }[] = [];
  let isClosed = false;
  const redis = { status: 'ready', stream: undefined as unknown, sendCommand: undefined as unknown };

  const settle = (packet: Packet, run: (waiting: Waiting, n: number) => void) => {
    if (packet.isAnswered) return;
    packet.isAnswered = true;
    unanswered = unanswered.filter((one) => one !== packet);
    packet.commands.forEach(run);
  };

  const lose = (packet: Packet, error: Error) => settle(packet, ({ reject }) => reject(error));

  const answer = (packet: Packet, answers: readonly unknown[]) => {
    answerUs = Math.max(answerUs, scheduler.nowUs() + wayUs(world));
    scheduler.after(answerUs - scheduler.nowUs(), () =>
      process.deliver(() =>
        settle(packet, ({ resolve, reject }, n) => {
          const found = answers[n];
          if (found instanceof Error) reject(found);
          else resolve(found);
        }),
      ),
    );
  };

  /** Serves what has arrived, in order; now and then others are served between two commands. */
  const serve = (session: Session): void => {
    for (let first = arrived[0]; first && !session.isCut; first = arrived[0]) {
      const { packet, answers, isHeard } = first;
      const left = packet.commands.length - answers.length;
      const upTo = answers.length + (left > 1 && chance.happens(0.1) ? chance.between(1, left - 1) : left);
      while (answers.length < upTo)
        answers.push(server.take(session, (packet.commands[answers.length] as Waiting).sent));
      if (answers.length < packet.commands.length) {
        scheduler.after(wayUs(world), () => serve(session));
        return;
      }
      arrived.shift();
      if (isHeard) answer(packet, answers);
    }
  };

  const transmit = (session: Session, packet: Packet) => {
    const struck = process.called();
    const fate = fateOf(world, false);
    if (struck?.stage === 'sent') struck.strike();
    const what = packet.commands.map(({ sent }) => sent.name).join(' ');
    if (world.isTold) world.tell(process.name, `asks redis: ${what}${fate === 'fine' ? '' : ` (${fate})`}`);
    const isHeard = fate === 'fine' || fate === 'slow';
    const slowUs = fate === 'slow' || fate === 'late' ? chance.between(5000, 250_000) : 0;
    arrivalUs = Math.max(arrivalUs, scheduler.nowUs() + wayUs(world) + slowUs);
    if (fate !== 'lost') {
      process.sent();
      scheduler.after(arrivalUs - scheduler.nowUs(), () => {
        process.arrived();
        if (world.isTold && !session.isCut) world.tell(process.name, `is served by redis: ${what}`);
        arrived.push({ packet, answers: [], isHeard });
        if (arrived.length === 1) serve(session);
        if (struck?.stage === 'done') struck.strike();
      });
    }
    if (struck?.stage === 'answered') scheduler.after(arrivalUs - scheduler.nowUs() + 50, struck.strike);
    if (!isHeard) scheduler.after(chance.between(3000, 60_000), () => process.deliver(() => lose(packet, timedOut())));
  };

  /** A new connection, and what is known of it on either side. */
  const begin = () => {
    const session: Session = {
      watched: new Map(),
      queued: undefined,
      isSpoilt: false,
      isCut: false,
      onCut: () => notice(session),
    };
    server.connect(session);
    arrivalUs = 0;
    answerUs = 0;
    arrived = [];
    redis.status = 'ready';
    outbox = undefined;
    const flush = () => {
      const packet = { commands: outbox ?? [], isAnswered: false };
      outbox = undefined;
      if (process.isDead() || packet.commands.length === 0) return;
      unanswered.push(packet);
      transmit(session, packet);
    };
    /** Corked or not, each stream is its own: what an old one holds back is not what goes over the new one. */
    const stream = {
      cork: () => {
        if (redis.stream === stream) outbox = [];
      },
      uncork: () => {
        if (redis.stream === stream) flush();
      },
      flush,
    };
    redis.stream = stream;
  };

  /** The client learns that it was cut, and connects again. */
  const notice = (session: Session) => {
    server.disconnect(session);
    scheduler.after(wayUs(world), () =>
      process.deliver(() => {
        if (isClosed) return;
        redis.status = 'reconnecting';
        for (const packet of unanswered) lose(packet, closed());
        scheduler.after(reconnectUs, () => process.deliver(() => !isClosed && server.isUp() && begin()));
      }),
    );
  };

  redis.sendCommand = (command: Command) =>
    new Promise((resolve, reject) => {
      const isCorked = outbox !== undefined;
      outbox ??= [];
      outbox.push({ sent: sentOf(command), resolve, reject });
      if (!isCorked) (redis.stream as { flush: () => void }).flush();
    });
  begin();

  const connection = {
    redis,
    shown: 'simulated',
    close: async () => {
      isClosed = true;
      redis.status = 'end';
      for (const packet of unanswered) lose(packet, closed());
    },
  };
  return connection as unknown as Pick<RedisConnection, 'redis' | 'shown' | 'close'>;
};
