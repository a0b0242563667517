import { describe, expect, it } from 'vitest';
import { authorization, labFixture } from './lab-fixture.js';

const rrset = '/2013-04-01/hostedzone/Z1/rrset';
const xmlns = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';
const record =
  '<Name>www.example.com</Name><Type>CNAME</Type><TTL>60</TTL>' +
  '<ResourceRecords><ResourceRecord><Value>a.test</Value></ResourceRecord></ResourceRecords>';

function request({
  action = 'CREATE',
  set = record,
  comment = '<Comment>c</Comment>',
  after = '',
} = {}): string {
  const change = `<Change><Action>${action}</Action><ResourceRecordSet>${set}</ResourceRecordSet></Change>`;
  return (
    `<ChangeResourceRecordSetsRequest ${xmlns}><ChangeBatch>${comment}<Changes>${change}</Changes>${after}` +
    '</ChangeBatch></ChangeResourceRecordSetsRequest>'
  );
}

describe('the wire of Route 53', () => {
  it('takes the form of botocore: slash at the end, Comment first, no Content-Type, no declaration', async () => {
    const { raw, lab } = await labFixture();
    const answer = await raw('POST', `${rrset}/`, request());
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/xml');
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.body).toMatch(
      /^<\?xml version="1\.0"\?><ChangeResourceRecordSetsResponse xmlns="https:\/\/route53\.amazonaws\.com\/doc\/2013-04-01\/"><ChangeInfo><Id>\/change\/C[A-Z0-9]+<\/Id><Status>INSYNC<\/Status><SubmittedAt>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z<\/SubmittedAt><Comment>c<\/Comment><\/ChangeInfo><\/ChangeResourceRecordSetsResponse>$/,
    );
    expect(lab.requests.at(-1)?.committed?.comment).toBe('c');
  });

  it('takes the other form too: no slash, Changes first, a declaration and indentation', async () => {
    const { raw } = await labFixture();
    const body = request({ comment: '', after: '\n  <Comment>c</Comment>\n' }).replaceAll('><', '>\n <');
    const answer = await raw('POST', rrset, `<?xml version="1.0" encoding="UTF-8"?>\n${body}`, {
      authorization,
      'content-type': 'application/xml',
    });
    expect([answer.status, answer.body.includes('<Comment>c</Comment>')]).toEqual([200, true]);
    expect((await raw('GET', `${rrset}/?maxitems=1`)).body).toContain('<MaxItems>1</MaxItems>');
  });

  it('reads a name that was percent-encoded in the query', async () => {
    const { raw, zones } = await labFixture();
    zones.change('Z1', [
      { action: 'CREATE', record: { name: '*.example.com', type: 'TXT', ttl: 1, values: ['"x"'] } },
    ]);
    const answer = await raw('GET', `${rrset}?name=%2A.example.com&type=TXT`);
    expect(answer.body).toContain('<Name>\\052.example.com.</Name>');
    expect(answer.body).not.toContain('SOA');
  });

  it('answers errors as ErrorResponse', async () => {
    const { raw } = await labFixture();
    const { status, body, headers } = await raw('POST', rrset, request({ action: 'DELETE' }));
    expect(status).toBe(400);
    const requestId = headers.get('x-amzn-requestid') ?? '';
    expect(body.replaceAll('&apos;', "'")).toBe(
      `<?xml version="1.0"?><ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>InvalidChangeBatch</Code>` +
        "<Message>[Tried to delete resource record set [name='www.example.com.', type='CNAME'] but it was not found]" +
        `</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    );
  });

  it('never lists an empty ResourceRecords for an alias', async () => {
    const { raw } = await labFixture();
    const target =
      '<AliasTarget><HostedZoneId>Z32O12XQLNTSW2</HostedZoneId><DNSName>a.eu-west-1.elb.amazonaws.com</DNSName>' +
      '<EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>';
    const set = `<Name>www.example.com</Name><Type>A</Type>${target}`;
    expect((await raw('POST', rrset, request({ set }))).status).toBe(200);
    const listed = (await raw('GET', `${rrset}?name=www.example.com`)).body;
    expect(listed).toContain('<AliasTarget><HostedZoneId>Z32O12XQLNTSW2</HostedZoneId>');
    expect(listed).not.toMatch(/ResourceRecords>|TTL/);
  });

  it.each([
    [
      'an empty ResourceRecords',
      '<Name>a</Name><Type>A</Type><TTL>1</TTL><ResourceRecords/>',
      "element 'ResourceRecords' is not complete",
    ],
    ['no Type', '<Name>a</Name>', "element 'ResourceRecordSet' is not complete"],
    [
      'an unknown element',
      `${record}<Colour>red</Colour>`,
      "Invalid content was found starting with element 'Colour'",
    ],
    [
      'an element given twice',
      `${record}<TTL>61</TTL>`,
      "Invalid content was found starting with element 'TTL'",
    ],
    [
      'a weight that is no number',
      `${record}<Weight>much</Weight>`,
      "'much' is not a valid value for 'integer'",
    ],
    ['children in a simple element', record.replace('60', '<B>60</B>'), "Element 'TTL' is a simple type"],
    [
      'an alias without EvaluateTargetHealth',
      '<Name>a</Name><Type>A</Type><AliasTarget><HostedZoneId>Z</HostedZoneId><DNSName>d</DNSName></AliasTarget>',
      ":EvaluateTargetHealth}' is expected.",
    ],
  ])('38: refuses %s before it looks at the zone', async (_, set, message) => {
    const { raw } = await labFixture();
    const answer = await raw('POST', '/2013-04-01/hostedzone/ZNONE/rrset', request({ set }));
    expect([answer.status, answer.body.replaceAll('&apos;', "'")]).toEqual([
      400,
      expect.stringContaining(message),
    ]);
    expect(answer.body).toContain('<Code>InvalidInput</Code>');
  });

  it('38: refuses a wrong root, and a body that is no XML', async () => {
    const { raw } = await labFixture();
    const wrongRoot = await raw('POST', rrset, '<ChangeBatch><Changes/></ChangeBatch>');
    expect(wrongRoot.body).toContain('<Code>MalformedInput</Code>');
    expect(wrongRoot.body).toContain('ChangeBatch is not valid, expected ChangeResourceRecordSetsRequest');
    for (const body of ['', 'not xml', '<a><b></a>', '{"Changes": []}']) {
      expect((await raw('POST', rrset, body)).status).toBe(400);
    }
  });

  it('expands no entities of the document, and decodes character references', async () => {
    const { raw, zones } = await labFixture();
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>${request({ comment: '<Comment>&b;</Comment>' })}`;
    expect((await raw('POST', rrset, bomb)).body).toContain('<Code>InvalidInput</Code>');
    const set = record.replace('CNAME', 'TXT').replace('a.test', '&quot;&#65;&#x42;&amp;lt;&lt;&quot;');
    expect((await raw('POST', rrset, request({ set }))).status).toBe(200);
    expect(zones.records('Z1')?.at(-1)?.values).toEqual(['"AB&lt;<"']);
  });

  it('requires an authorization for Route 53, whatever its signature', async () => {
    const { raw, lab } = await labFixture();
    const codes = [
      [{}, 'MissingAuthenticationToken'],
      [{ authorization: 'Basic eDp5' }, 'IncompleteSignature'],
      [{ authorization: authorization.replace('/route53/', '/monitoring/') }, 'SignatureDoesNotMatch'],
    ] as const;
    for (const [headers, code] of codes) {
      const answer = await raw('POST', rrset, request(), headers);
      expect([answer.status, answer.body]).toEqual([403, expect.stringContaining(`<Code>${code}</Code>`)]);
    }
    expect((await raw('POST', rrset, request())).status).toBe(200);
    expect(lab.requests.map(({ accessKeyId }) => accessKeyId)).toEqual([
      undefined,
      undefined,
      undefined,
      'AKIDRAW',
    ]);
  });

  it('answers unknown paths and methods with a clear error', async () => {
    const { raw } = await labFixture();
    for (const [method, path] of [
      ['GET', '/'],
      ['PUT', rrset],
      ['GET', '/2014-01-01/hostedzone'],
      ['GET', '/2013-04-01/hostedzone/Z1/x'],
    ] as const) {
      const answer = await raw(method, path, method === 'PUT' ? '' : undefined);
      expect([answer.status, answer.body]).toEqual([
        404,
        expect.stringContaining('UnknownOperationException'),
      ]);
    }
  });

  it('refuses a body over its limit', async () => {
    const { raw } = await labFixture();
    expect((await raw('POST', rrset, ' '.repeat(1024 * 1024 + 1))).status).toBe(413);
  });
});
