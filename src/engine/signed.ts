import { machineOf } from '../core/marker.js';
import type { Holder } from './ports.js';

/** What every write of this process adds to its markers, so that whoever is stopped by one knows where to look. */
export function signed(holder: Holder): { readonly machine?: string } {
  const machine = machineOf(holder.name);
  return machine === undefined ? {} : { machine };
}
