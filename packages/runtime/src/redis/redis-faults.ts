import { InfrastructureError } from '../errors.ts';

/** What the first word of an answer of Redis says. */
const answers: Readonly<Record<string, string>> = {
  OOM: 'is full (maxmemory) and refuses writes: give it more memory',
  MISCONF: 'refuses writes, because its last save to disk failed: see its log and its disk',
  READONLY: 'is a replica that takes no writes: REDIS_URL must name the primary',
  LOADING: 'is still loading its data from disk',
  MASTERDOWN: 'is a replica that has lost its primary',
  NOREPLICAS: 'refuses writes, because too few of its replicas are up to date',
  BUSY: 'is busy with a script of another',
  CLUSTERDOWN: 'is part of a cluster that is down',
  MOVED: 'is part of a cluster, and the keys lie on another of its nodes: alo needs one node that holds all',
  WRONGPASS: 'does not accept the user name or password of REDIS_URL',
  NOAUTH: 'wants a password: give user and password in REDIS_URL',
  DENIED: 'is in protected mode and takes no connection from other hosts: set a password there',
};

/** What the code of an error of the network or of TLS says. */
const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'does not answer (connection refused)',
  ECONNRESET: 'cut the connection',
  EPIPE: 'cut the connection',
  ETIMEDOUT: 'does not answer (timed out)',
  EHOSTUNREACH: 'cannot be reached (no route to its host)',
  ENETUNREACH: 'cannot be reached (no route to its network)',
  ENOTFOUND: 'cannot be reached (its host is not known)',
  EAI_AGAIN: 'cannot be reached (its host cannot be looked up now)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'speaks no TLS on this port: use redis://, or its port for TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'speaks no TLS on this port: use redis://, or its port for TLS',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another host name',
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that is not trusted: REDIS_TLS_CA must name the CA that signed it',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that is not trusted: REDIS_TLS_CA must name the CA that signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'has a certificate that is not trusted: REDIS_TLS_CA must name the CA that signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'has a certificate that is not trusted: REDIS_TLS_CA must name the CA that signed it',
};

/** What the library says where the answer did not come. */
const losses: readonly (readonly [RegExp, string])[] = [
  [/^Command timed out/, 'did not answer in time'],
  [/^Socket timeout/, 'did not answer in time'],
  [/max number of clients/, 'has as many clients as it may have (maxclients)'],
  [/retries per request|Connection is closed|connection close|isn't writeable/, 'cut the connection'],
];

/** Was the connection cut, or never answered? So does a port that speaks TLS to one who does not, and the other way. */
export const isCutOff = (error: unknown): boolean => {
  const { message = '', code = '' } = error as Partial<NodeJS.ErrnoException>;
  return ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code) || /retries per request|is closed/.test(message);
};

/** Never the arguments of a command: they may name subscribers, or be a password. */
const withoutArguments = (message: string): string => message.replace(/,? with args.*$/s, '').split('\n')[0] as string;

const saidBy = ({ message = '', code = '' }: Partial<NodeJS.ErrnoException>): string => {
  const word = /^[A-Z]+/.exec(message)?.[0] ?? '';
  if (word === 'NOPERM') return `does not let its user do all that alo needs: ${withoutArguments(message)}`;
  const said = codes[code] ?? answers[word] ?? losses.find(([pattern]) => pattern.test(message))?.[1];
  return said ?? `is at fault: ${withoutArguments(message) || code}`;
};

/** A failure of Redis or of the way there, in one sentence. What became of a write is then not known. */
export const faultOf = (error: unknown, shown: string): InfrastructureError =>
  new InfrastructureError(`Redis at ${shown} ${saidBy(error as Error)}`);
