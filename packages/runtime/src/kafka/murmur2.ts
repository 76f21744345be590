const seed = 0x9747b28c | 0;
const m = 0x5bd1e995;

const mixed = (k: number): number => {
  const first = Math.imul(k, m);
  return Math.imul(first ^ (first >>> 24), m);
};

const withTail = (h: number, bytes: Uint8Array): number => {
  const at = bytes.length & ~3;
  const rest = bytes.length & 3;
  if (rest === 0) return h;
  let tail = bytes[at] as number;
  if (rest > 1) tail ^= (bytes[at + 1] as number) << 8;
  if (rest > 2) tail ^= (bytes[at + 2] as number) << 16;
  return Math.imul(h ^ tail, m);
};

/** The hash by which Kafka's clients spread keys over partitions, as a signed 32-bit number. */
export const murmur2 = (bytes: Uint8Array): number => {
  let h = seed ^ bytes.length;
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]] as [number, number, number, number];
    h = Math.imul(h, m) ^ mixed(a | (b << 8) | (c << 16) | (d << 24));
  }
  h = withTail(h, bytes);
  h = Math.imul(h ^ (h >>> 13), m);
  return h ^ (h >>> 15);
};

/** The partition of a key, as Java's default partitioner and kafkajs' choose it. */
export const partitionOfKey = (key: string, partitionCount: number): number =>
  (murmur2(Buffer.from(key)) & 0x7fffffff) % partitionCount;
