import { Option } from 'commander';

/** `-o text|json`, on every verb that reads. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'text or json').choices(['text', 'json']).default('text');
}
