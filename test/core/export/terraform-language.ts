import { createRequire } from 'node:module';

/** HashiCorp's own parser of its language (hcl v2), compiled to JavaScript; its types say nothing. */
interface Parser {
  /** The text as JSON, or null and what is wrong with it. */
  readonly parseToString: (text: string) => readonly [json: string | null, problem: unknown];
}

/** Parsed blocks by kind; what the language would work out later stands as `${...}`. */
export type TerraformBlocks = Readonly<Record<string, unknown>>;

/** What Terraform reads in this text; throws where it is not the language. */
export function readTerraform(text: string): TerraformBlocks {
  // Loaded when first needed: it is 4 MB.
  const parser = createRequire(import.meta.url)('hcl2-parser') as Parser;
  const [json, problem] = parser.parseToString(text);
  if (json === null || json === '' || problem !== null)
    throw new Error(`not the Terraform language: ${String(problem)}`);
  return JSON.parse(json) as TerraformBlocks;
}
