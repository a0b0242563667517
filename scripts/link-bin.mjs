// Makes both commands of this package runnable inside its own checkout, as npm does for installed packages: `npx shiftctl` then
// starts at once, where npm would otherwise install the checkout into its cache first.
import { chmodSync, existsSync, rmSync, symlinkSync } from 'node:fs';

const main = 'dist/bin.cjs';
const binFolder = 'node_modules/.bin';

if (existsSync(main)) chmodSync(main, 0o755);
if (existsSync(binFolder) && process.platform !== 'win32') {
  for (const name of ['shift', 'shiftctl']) {
    rmSync(`${binFolder}/${name}`, { force: true });
    symlinkSync(`../../${main}`, `${binFolder}/${name}`);
  }
}
