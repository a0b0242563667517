import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRoute53 } from '../../../src/adapters/route53/route53.js';
import type { RecordName } from '../../../src/core/record-name.js';
import type { ZoneApi } from '../../../src/engine/ports.js';
import { useCanaryCredentials } from './aws-environment.js';
import { CannedServer, listAnswer, type Page } from './canned-server.js';

const host = 'www.example.com.' as RecordName;
const never = new AbortController().signal;

let server: CannedServer;
let api: ZoneApi;

beforeAll(async () => {
  useCanaryCredentials();
  server = await CannedServer.start();
  api = await createRoute53({ endpoint: server.endpoint });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Answers the pages in turn, the last one again and again. */
function servePages(...pages: readonly Page[]): void {
  let at = 0;
  server.react(() => {
    const page = pages[Math.min(at, pages.length - 1)];
    at += 1;
    return listAnswer(page!);
  });
}

function queries(): Record<string, string>[] {
  return server.seen.map(({ path }) =>
    Object.fromEntries(new URL(path, server.endpoint).searchParams.entries()),
  );
}

describe('the listing of one name', () => {
  it('carries name, type and identifier from page to page', async () => {
    servePages(
      { records: [[host, 'CNAME', 'a']], next: [host, 'CNAME', 'b'] },
      { records: [[host, 'CNAME', 'b']], next: [host, 'TXT'] },
      {
        records: [
          [host, 'TXT'],
          ['zzz.example.com.', 'A'],
        ],
      },
    );
    const listed = await api.records('Z1', [host], never);
    expect(listed.ok && listed.value.map((record) => [record.type, record.setIdentifier])).toEqual([
      ['CNAME', 'a'],
      ['CNAME', 'b'],
      ['TXT', null],
    ]);
    expect(queries()).toMatchObject([
      { name: host },
      { name: host, type: 'CNAME', identifier: 'b' },
      { name: host, type: 'TXT' },
    ]);
    expect(queries()[2]).not.toHaveProperty('identifier');
  });

  it('stops at the first other name, and does not ask for a page that begins with one', async () => {
    servePages({ records: [[host, 'CNAME', 'a']], next: ['zzz.example.com.', 'A'] });
    const listed = await api.records('Z1', [host], never);
    expect(listed.ok && listed.value).toHaveLength(1);
    servePages({ records: [['zzz.example.com.', 'A']], next: [host, 'A'] });
    expect(await api.records('Z1', [host], never)).toEqual({ ok: true, value: [] });
    expect(server.seen).toHaveLength(1);
  });

  it('knows a name in another spelling', async () => {
    servePages({ records: [['WWW.example.com', 'CNAME']] });
    const listed = await api.records('Z1', [host], never);
    expect(listed.ok && listed.value.map((record) => record.name)).toEqual([host]);
  });

  it('fault 6: is a failure when its pages go in a circle', async () => {
    servePages(
      { records: [[host, 'CNAME', 'a']], next: [host, 'CNAME', 'b'] },
      { records: [[host, 'CNAME', 'b']], next: [host, 'CNAME', 'a'] },
      { records: [[host, 'CNAME', 'a']], next: [host, 'CNAME', 'b'] },
    );
    expect(await api.records('Z1', [host], never)).toMatchObject({
      ok: false,
      error: { reason: 'unknown', message: 'the listing of www.example.com goes in a circle' },
    });
  });

  it('is a failure when it has no end', async () => {
    let page = 0;
    server.react(() => {
      page += 1;
      return listAnswer({ records: [[host, 'CNAME', `m${page}`]], next: [host, 'CNAME', `m${page + 1}`] });
    });
    expect(await api.records('Z1', [host], never)).toMatchObject({ ok: false, error: { reason: 'unknown' } });
    expect(server.seen.length).toBeLessThanOrEqual(20);
  });

  it('fault 6: is a failure when a truncated page does not say where the next begins', async () => {
    const { body } = listAnswer({ records: [[host, 'CNAME']] });
    server.react({ status: 200, body: body.replace('>false<', '>true<') });
    expect(await api.records('Z1', [host], never)).toMatchObject({ ok: false, error: { reason: 'unknown' } });
  });

  it('fault 6: is a failure when any one name of several fails', async () => {
    server.react(({ path }) =>
      path.includes('bad') ? { status: 200, body: '' } : listAnswer({ records: [] }),
    );
    const names = [host, 'bad.example.com.' as RecordName];
    expect(await api.records('Z1', names, never)).toMatchObject({ ok: false });
  });

  it('keeps the order of the names, however many there are', async () => {
    server.react(({ path }) => {
      const name = new URL(path, server.endpoint).searchParams.get('name') ?? '';
      return listAnswer({ records: [[name, 'CNAME']] });
    });
    const names = ['f', 'b', 'e', 'a', 'd', 'c'].map((label) => `${label}.example.com.` as RecordName);
    const listed = await api.records('Z1', names, never);
    expect(listed.ok && listed.value.map((record) => record.name)).toEqual(names);
  });
});
