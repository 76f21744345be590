import { type Sabotage, sabotagesOf } from '../sabotages/sabotage.ts';
import type { RunsEmphasis } from './plan.ts';

const killed: RunsEmphasis = { strikes: ['kill', 'power', 'full'] };
const inSink = sabotagesOf('cli/src/run/sink.ts', killed);
const inSession = sabotagesOf('cli/src/run/session.ts', killed);
const inRun = sabotagesOf('cli/src/run/run.ts', killed);
const inFeed = sabotagesOf('cli/src/run/journal-feed.ts', killed);
const inKnownHead = sabotagesOf('cli/src/run/known-head.ts', killed);

/** Every safeguard of a run without which a line or an output is lost or doubled. */
export const runsSabotages: readonly Sabotage<RunsEmphasis>[] = [
  inSink('a torn end of a file stays', '        isBehind = true;\n        cut(end);', '        isBehind = true;'),
  inSink(
    'what was published and is not in a file is not written there',
    '      if (isBehind) sink.write([output]);\n      else end += bytes;',
    '      if (!isBehind) end += bytes;',
  ),
  inSink('what the store has forgotten stays in a file', '  if (!isBehind && end < size) cut(end);', '', {
    ...killed,
    isRestored: true,
  }),
  inSink(
    'where a file began is forgotten',
    'const mark = begun.mark?.path === file ? begun.mark : { path: file, baseBytes: size, fromNumber };',
    'const mark = { path: file, baseBytes: size, fromNumber: begun.nextNumber };',
  ),
  inSink(
    'what the disk has not taken at once is not written',
    'for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);',
    'writeSync(fd, bytes, 0);',
  ),
  inSink('files are not synced at the end', 'if (stats.isFile()) whileWriting(name, () => fsyncSync(fd));', '', {
    strikes: ['power'],
  }),
  inSession('where files begin is not noted', '  await store.writeNotes(notes(false));\n\n', '\n'),
  inRun(
    'what was read of a file is not looked for',
    'input: (await findKnownHead(head, inputs)) ?? fresh',
    'input: fresh',
  ),
  inFeed('what is passed over is no part of the digest', '      digest.update(bytes);\n    },', '    },'),
  inKnownHead(
    'a file is known by its length',
    'input.lines === length && input.digest === sum',
    'input.lines === length',
    {
      ...killed,
      files: 2,
    },
  ),
];
