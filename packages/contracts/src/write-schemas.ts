import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas, schemaText } from './json-schemas.ts';

// Writes packages/contracts/schemas anew, for those who read alo's messages in another language.
const directory = join(import.meta.dirname, '..', 'schemas');
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory);
for (const [name, schema] of jsonSchemas()) writeFileSync(join(directory, name), schemaText(schema));
