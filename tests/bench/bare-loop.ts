import { createReadStream } from 'node:fs';
import { readLine } from '@alo/contracts';
import { readBlocks } from '../../services/cli/src/run/lines.ts';
import { measure } from './measured.ts';

/** What nobody can do without: read the file, cut it into lines, parse them, validate them. */
await measure(async () => {
  let events = 0;
  for await (const { bytes, ends } of readBlocks(
    createReadStream(process.argv[2] as string, { highWaterMark: 1 << 20 }),
  )) {
    let start = 0;
    for (const end of ends) {
      if (readLine(bytes.subarray(start, end)).kind === 'event') events += 1;
      start = end + 1;
    }
  }
  return { events };
});
