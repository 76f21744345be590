import { expect, test } from '@jest/globals';
import { InfrastructureError } from '../errors.ts';
import { faultOf } from './redis-faults.ts';

const error = (message: string, code?: string) => Object.assign(new Error(message), code !== undefined && { code });

test.each([
  { given: error('LOADING Redis is loading the dataset in memory'), says: 'is still loading its data from disk' },
  { given: error("OOM command not allowed when used memory > 'maxmemory'."), says: 'is full (maxmemory) and' },
  { given: error('NOREPLICAS Not enough good replicas to write.'), says: 'refuses writes, because too few of its' },
  { given: error('MOVED 3999 10.0.0.7:6381'), says: 'is part of a cluster, and the keys lie on another of its nodes' },
  { given: error('ERR max number of clients reached'), says: 'has as many clients as it may have (maxclients)' },
  { given: error('read ECONNRESET', 'ECONNRESET'), says: 'cut the connection' },
  { given: error('certificate has expired', 'CERT_HAS_EXPIRED'), says: 'has a certificate that has expired' },
  { given: error('Connection is closed.'), says: 'cut the connection' },
  { given: error('Command timed out'), says: 'did not answer in time' },
  { given: error('ERR something new'), says: 'is at fault: ERR something new' },
  { given: error('', 'EWHATEVER'), says: 'is at fault: EWHATEVER' },
])('"$given.message" says: $says', ({ given, says }) => {
  const fault = faultOf(given, 'redis://redis:6379');
  expect(fault).toBeInstanceOf(InfrastructureError);
  expect(fault.message.startsWith(`Redis at redis://redis:6379 ${says}`)).toBe(true);
});

test.each([
  "ERR unknown command 'zadd', with args beginning with: 'alo:{1}:due' 's-4711'",
  "ERR unknown command 'auth', with args beginning with: 'secret'\nmore of s-4711",
  'NOPERM this user has no permissions\nto access s-4711',
])('neither a subscriber nor a secret is in what is said of %s', (message) => {
  const given = Object.assign(error(message), { command: { name: 'auth', args: ['secret', 's-4711'] } });
  const fault = faultOf(given, 'redis://redis:6379');
  expect(fault.cause).toBeUndefined();
  expect(`${fault.message} ${JSON.stringify(fault)}`).not.toMatch(/4711|secret|\n/);
});
