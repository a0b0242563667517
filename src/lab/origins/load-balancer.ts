import type { ServerCertificate } from '../certificates.js';
import type { Answer, Platform } from './platform.js';

/**
 * An Application Load Balancer with one listener, one certificate and one target group.
 *
 * It takes every Host and every SNI, adds nothing to what it proxies, and names itself only on its own answers
 * (Elastic Load Balancing guide, "Troubleshoot your Application Load Balancers").
 */
export function loadBalancer(deployment: string, certificate: ServerCertificate): Platform {
  return {
    certificateFor: () => certificate,
    route: () => ({ kind: 'application', deployment }),
    relay: (answer) => answer,
    failure: ownAnswer,
  };
}

const reasons: Readonly<Record<number, string>> = {
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

function ownAnswer(status: number): Answer {
  const title = `${status} ${reasons[status] ?? 'Error'}`;
  const body = [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '</body>',
    '</html>',
    '',
  ].join('\r\n');
  return { status, headers: { server: 'awselb/2.0', 'content-type': 'text/html' }, body };
}
