#!/usr/bin/env -S node --max-semi-space-size=8 --heap-growing-percent=100
// The two flags: V8 would let garbage pile up to several times what lives, for it does not know how much that will be.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`alo needs Node 24 or later, and this is ${process.version}; "npm ci" brings one: npx alo\n`);
  process.exit(1);
}
await import('../src/main.ts');
