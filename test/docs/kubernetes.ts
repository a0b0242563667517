import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

const file = resolve(import.meta.dirname, '../fixtures/kubernetes-1.36.json');

type JsonSchemas = Exclude<Parameters<typeof z.fromJSONSchema>[0], boolean>['$defs'] & object;

/** Where Kubernetes' OpenAPI document defines an object of this kind. */
const definitions: Readonly<Record<string, string>> = {
  'apps/v1 Deployment': 'io.k8s.api.apps.v1.Deployment',
  'batch/v1 CronJob': 'io.k8s.api.batch.v1.CronJob',
  'v1 PersistentVolumeClaim': 'io.k8s.api.core.v1.PersistentVolumeClaim',
};

/**
 * What Kubernetes' own schema says against this object, a line for each; empty when it is valid. A field that the schema does not know
 * is a finding. Enumerations are not in the document, so a wrong word in one is not found.
 */
export function kubernetesFindings(object: unknown): readonly string[] {
  const { apiVersion, kind } = z.looseObject({ apiVersion: z.string(), kind: z.string() }).parse(object);
  const definition = definitions[`${apiVersion} ${kind}`];
  if (definition === undefined) return [`no definition of ${apiVersion} ${kind} is at hand`];
  const { $defs } = JSON.parse(readFileSync(file, 'utf8')) as { $defs: JsonSchemas };
  const schema = z.fromJSONSchema({ $ref: `#/$defs/${definition}`, $defs });
  const issues = schema.safeParse(object).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
