import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import {
  addressesOf,
  candidateSubnets,
  settingsOf,
  socketsOf,
  type LabSettings,
  type LabSocket,
  type Subnet,
} from './settings.js';

/** The lab's addresses do not exist on this machine; macOS has only 127.0.0.1 until told otherwise. */
export class AddressesMissingError extends Error {
  override readonly name = 'AddressesMissingError';
  /** What to type so that they exist, until the next reboot. */
  readonly commands: readonly string[];

  constructor(settings: LabSettings) {
    const addresses = addressesOf(settings);
    super(
      `The lab's addresses (${addresses[0] ?? ''} and ${addresses.length - 1} more) do not exist on this machine.`,
    );
    this.commands = addresses.map((address) => `sudo ifconfig lo0 alias ${address} up`);
  }
}

/** A port of the lab is taken, by another lab or by another program. */
export class SubnetTakenError extends Error {
  override readonly name = 'SubnetTakenError';

  constructor(subnet: Subnet, { transport, address, port }: LabSocket, tried: number) {
    const others = tried > 1 ? `, nor in the ${tried - 1} subnets before it` : '';
    super(
      `The lab cannot listen on ${address}:${port} (${transport}) in ${subnet}.0/24${others}: it is in use.`,
    );
  }
}

/** A subnet that belongs to one lab until it is released. */
export interface SubnetClaim {
  readonly settings: LabSettings;
  /** What the claim's port says to everyone who connects; see `claimHolder`. */
  readonly id: string;
  release(): Promise<void>;
}

/**
 * Takes the given subnet, or the first one whose ports are all free.
 *
 * The claim is a listening socket of its own: it is atomic, so two labs that start at once get different subnets, and it
 * ends with the process, however that ends. Throws `AddressesMissingError` or `SubnetTakenError`.
 */
export async function claimSubnet(subnet?: Subnet): Promise<SubnetClaim> {
  const candidates = subnet === undefined ? candidateSubnets : [subnet];
  let refusal: SubnetTakenError | undefined;
  for (const [index, candidate] of candidates.entries()) {
    const claim = await tryClaim(settingsOf(candidate));
    if ('release' in claim) return claim;
    refusal = new SubnetTakenError(candidate, claim, index + 1);
  }
  throw refusal ?? new Error('There is no subnet to try.');
}

/** The claim, or the socket that was in the way. */
async function tryClaim(settings: LabSettings): Promise<SubnetClaim | LabSocket> {
  const claimed: LabSocket = {
    transport: 'tcp',
    address: settings.addresses.route53Api,
    port: settings.claimPort,
  };
  const id = randomUUID();
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.setTimeout(1_000, () => socket.destroy());
    socket.end(id);
  });
  server.maxConnections = 16;
  if (!(await bindTcp(server, claimed, settings))) return claimed;
  const release = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  for (const socket of socketsOf(settings)) {
    if (await isFree(socket, settings)) continue;
    await release();
    return socket;
  }
  return { settings, id, release };
}

/**
 * The id of the lab that holds the subnet's claim; undefined when nothing listens there.
 * Throws when something listens and says nothing within a second: then it is not known who it is.
 */
export async function claimHolder({ addresses, claimPort }: LabSettings): Promise<string | undefined> {
  const socket = connect({ host: addresses.route53Api, port: claimPort });
  socket.setTimeout(1_000, () => {
    socket.destroy(new Error(`No answer from ${addresses.route53Api}:${claimPort} within a second.`));
  });
  let id = '';
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) id += chunk.toString('utf8');
    return id;
  } catch (error) {
    if (['ECONNREFUSED', 'EADDRNOTAVAIL'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

async function isFree(socket: LabSocket, settings: LabSettings): Promise<boolean> {
  if (socket.transport === 'udp') return bindUdp(socket, settings);
  const server = createServer();
  if (!(await bindTcp(server, socket, settings))) return false;
  server.close();
  await once(server, 'close');
  return true;
}

async function bindTcp(
  server: Server,
  { address, port }: LabSocket,
  settings: LabSettings,
): Promise<boolean> {
  server.listen(port, address);
  return once(server, 'listening').then(
    () => true,
    (error: unknown) => takenOrThrow(error, settings),
  );
}

async function bindUdp({ address, port }: LabSocket, settings: LabSettings): Promise<boolean> {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  try {
    await once(socket, 'listening');
    return true;
  } catch (error) {
    return takenOrThrow(error, settings);
  } finally {
    socket.close();
  }
}

/** False when the port is in use; every other reason is none that another subnet would cure. */
function takenOrThrow(error: unknown, settings: LabSettings): false {
  if (codeOf(error) === 'EADDRINUSE') return false;
  if (codeOf(error) === 'EADDRNOTAVAIL') throw new AddressesMissingError(settings);
  throw error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
