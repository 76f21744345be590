#!/usr/bin/env node
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`alo needs Node 24 or later, and this is ${process.version}; "npm ci" brings one: npx alo\n`);
  process.exit(1);
}
await import('../src/main.ts');
