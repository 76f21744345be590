#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=524288 MALLOC_TRIM_THRESHOLD_=8388608 node --max-semi-space-size=8 --heap-growing-percent=50
// V8 and malloc would let what is freed pile up to several times what lives, for they do not know how much that will be.
// The blocks that a file is read in stay with malloc all the same: to map each anew costs a tenth of the speed.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`alo needs Node 24 or later, and this is ${process.version}; "npm ci" brings one: npx alo\n`);
  process.exit(1);
}
// What the TypeScript was made into is kept for the next start, in this thread and in others.
const { enableCompileCache } = await import('node:module');
const { directory } = enableCompileCache();
if (directory) process.env.NODE_COMPILE_CACHE ??= directory;
await import('../src/main.ts');
