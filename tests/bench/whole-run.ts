import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseDuration } from '@alo/contracts';
import { openEmbeddedStore } from '@alo/runtime';
import { run } from '../../services/cli/src/run/run.ts';
import { databaseName } from '../../services/cli/src/run/session.ts';
import { measure } from './measured.ts';
import { folder } from './workload.ts';

/** `alo run` from file to triggers with a policy, on the embedded store with synchronous=FULL. */
const data = join(folder, `run-${process.pid}`);
rmSync(data, { recursive: true, force: true });

await measure(async () => {
  const { tally } = await run({
    policy: process.argv[3] as string,
    events: process.argv[2] as string,
    data,
    out: join(data, '..', `out-${process.pid}.ndjson`),
    maxGapMs: parseDuration('P31D'),
  });
  const store = await openEmbeddedStore(join(data, databaseName));
  const { bytes, subscribers, subscriberBytes } = await store.statistics();
  await store.close();
  const besides = {
    subscribers,
    stateBytesPerSubscriber: Math.round(subscriberBytes / subscribers),
    fileBytesPerEvent: Math.round(bytes / tally.linesRead),
    triggers: Object.values(tally.triggers).reduce((sum, count) => sum + count, 0),
  };
  return { events: tally.linesRead, besides };
});
rmSync(data, { recursive: true, force: true });
rmSync(join(folder, `out-${process.pid}.ndjson`), { force: true });
