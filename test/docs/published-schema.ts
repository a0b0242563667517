import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

/** The file in which the shape of one output is published. */
export function schemaFile(name: string): string {
  return resolve(import.meta.dirname, `../../docs/schema/${name}.schema.json`);
}

/** The published schema, but without room for fields that it does not name. */
export function strictSchema(name: string): z.ZodType {
  const schema: unknown = JSON.parse(readFileSync(schemaFile(name), 'utf8'), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'properties' in value && 'type' in value
      ? { ...value, additionalProperties: false }
      : value,
  );
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
}

/** What does not fit, the first few; empty when all does. */
export function misfits(name: string, output: unknown): readonly unknown[] {
  return strictSchema(name).safeParse(output).error?.issues.slice(0, 3) ?? [];
}
