import { connect } from 'node:net';

const answerMsMax = 1_000;

/** The first bytes that a port of this machine sends back; undefined when it sends none. */
const answerTo = (port: number, question: Buffer | string): Promise<Buffer | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(question));
    socket.setTimeout(answerMsMax, () => socket.destroy());
    socket.on('data', (bytes) => {
      resolve(Buffer.from(bytes));
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(undefined));
  });

/** Kafka's Metadata request, version 1, for no topic, without a client's name: https://kafka.apache.org/protocol. */
const metadataRequest = Buffer.from('0000000e' + '0003' + '0001' + '00000000' + 'ffff' + '00000000', 'hex');
const brokerCountAt = 8;

/** A broker that starts answers early, but names no broker before it has joined. */
export const kafkaAnswers = async (port: number): Promise<boolean> => {
  const answer = await answerTo(port, metadataRequest);
  return answer !== undefined && answer.length >= brokerCountAt + 4 && answer.readInt32BE(brokerCountAt) > 0;
};

/** One that loads its data says so instead, and one that asks for a password is ready. */
export const redisAnswers = async (port: number): Promise<boolean> => {
  const answer = await answerTo(port, 'PING\r\n');
  return /^(\+PONG|-NOAUTH)/.test(String(answer));
};
