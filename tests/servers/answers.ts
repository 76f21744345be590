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

/** The ids of the brokers that a Metadata response names, each of which is: id, host, port, rack. */
const brokerIdsIn = (answer: Buffer): number[] => {
  const ids: number[] = [];
  let at = brokerCountAt + 4;
  for (let left = answer.readInt32BE(brokerCountAt); left > 0; left -= 1) {
    ids.push(answer.readInt32BE(at));
    const rackAt = at + 4 + 2 + answer.readInt16BE(at + 4) + 4;
    at = rackAt + 2 + Math.max(0, answer.readInt16BE(rackAt));
  }
  return ids;
};

/** A broker that starts answers early, but does not name itself before it has joined. */
export const kafkaAnswers = async (port: number, nodeId: number): Promise<boolean> => {
  const answer = await answerTo(port, metadataRequest);
  return answer !== undefined && answer.length >= brokerCountAt + 4 && brokerIdsIn(answer).includes(nodeId);
};

/** One that loads its data says so instead, and one that asks for a password is ready. */
export const redisAnswers = async (port: number): Promise<boolean> => {
  const answer = await answerTo(port, 'PING\r\n');
  return /^(\+PONG|-NOAUTH)/.test(String(answer));
};
