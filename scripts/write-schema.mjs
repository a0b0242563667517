// Writes the JSON schemas of policy and migration files from the schemas in the code. Run by `npm run schema`, which builds first.
import { writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { jsonSchemas } from '../dist/core/policy/json-schema.js';

const folder = new URL('../policies/', import.meta.url);
for (const [name, schema] of Object.entries(jsonSchemas())) {
  const file = new URL(name, folder);
  const options = (await resolveConfig(file)) ?? {};
  await writeFile(file, await format(JSON.stringify(schema), { ...options, parser: 'json' }));
  console.log(`policies/${name}`);
}
