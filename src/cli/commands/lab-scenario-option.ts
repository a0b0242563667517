import { Option } from 'commander';
import { scenarioNames } from '../../lab/scenario-name.js';

/** `--scenario`, with the names that it takes. */
export function scenarioOption(): Option {
  return new Option('--scenario <name>', `what goes wrong in it: ${scenarioNames.join(', ')}`).default(
    'healthy',
  );
}
