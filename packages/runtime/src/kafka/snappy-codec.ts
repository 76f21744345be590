import kafkajs from 'kafkajs';
import { compress, uncompress } from 'snappy';

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
/** The magic, a version and the oldest version that can read it. */
const xerialHeadBytes = 16;

/** Blocks as Java's clients write them, each behind its length. */
const blocksOf = (bytes: Buffer): Buffer[] => {
  const blocks: Buffer[] = [];
  for (let at = xerialHeadBytes; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    blocks.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return blocks;
};

const isXerial = (bytes: Buffer): boolean => bytes.subarray(0, xerialMagic.length).equals(xerialMagic);

/** Snappy, which kafkajs lacks: read as Java's clients write it and as all others do, written as all can read it. */
export const snappyCodec = {
  compress: ({ buffer }: { readonly buffer: Buffer }): Promise<Buffer> => compress(buffer),
  decompress: async (bytes: Buffer): Promise<Buffer> => {
    if (!isXerial(bytes)) return uncompress(bytes) as Promise<Buffer>;
    return Buffer.concat((await Promise.all(blocksOf(bytes).map((block) => uncompress(block)))) as Buffer[]);
  },
};

kafkajs.CompressionCodecs[kafkajs.CompressionTypes.Snappy] = () => snappyCodec;
