// What packages load at their start, although a rollback never asks anything of it: it is loaded when something of it is asked.

/** HTTP/2 of the AWS SDK's handler, which speaks HTTP/1.1 to Route 53. */
const http2 = {
  name: 'late-http2',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:http2$/ }, ({ importer, kind }) =>
      kind === 'require-call' && importer.includes('node-http-handler')
        ? { path: 'http2', namespace: 'late' }
        : undefined,
    );
    onResolve({ filter: /.*/, namespace: 'late' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /^http2$/, namespace: 'late' }, () => ({
      contents: `
        const real = () => require('node:http2');
        const constants = new Proxy({}, { get: (_, name) => real().constants[name] });
        module.exports = new Proxy({}, { get: (_, name) => (name === 'constants' ? constants : real()[name]) });`,
    }));
  },
};

/** A class that extends the web's ReadableStream, which Node.js loads when it is first named. */
const webStreams = {
  name: 'late-web-streams',
  setup({ onResolve, onLoad }) {
    const namespace = 'late-web-streams';
    onResolve({ filter: /\/createChecksumStream\.browser/ }, ({ importer, path, resolveDir }) =>
      importer.endsWith('createChecksumStream.js') ? { path, namespace, pluginData: resolveDir } : undefined,
    );
    onLoad({ filter: /.*/, namespace }, ({ path, pluginData }) => ({
      contents: `export const createChecksumStream = (init) => require(${JSON.stringify(path)}).createChecksumStream(init);`,
      resolveDir: pluginData,
    }));
  },
};

export const latecomers = [http2, webStreams];
