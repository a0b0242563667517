import { z } from 'zod';
import { documentedMigrationSchema } from './migration-schema.js';
import { policySchema } from './policy-schema.js';

/** The JSON schemas (draft 2020-12) that editors check policy and migration files with, by file name. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    'policy.schema.json': z.toJSONSchema(policySchema, { io: 'input' }),
    'migration.schema.json': z.toJSONSchema(documentedMigrationSchema, { io: 'input' }),
  };
}
