/**
 * A class of the AWS SDK that extends the web's ReadableStream, which Node.js loads when it is first named. A rollback never asks for it, so
 * that it is loaded when something does.
 */
export const webStreamsLater = {
  name: 'web-streams-later',
  setup({ onResolve, onLoad }) {
    const namespace = 'web-streams-later';
    onResolve({ filter: /\/createChecksumStream\.browser/ }, ({ importer, path, resolveDir }) =>
      importer.endsWith('createChecksumStream.js') ? { path, namespace, pluginData: resolveDir } : undefined,
    );
    onLoad({ filter: /.*/, namespace }, ({ path, pluginData }) => ({
      contents: `export const createChecksumStream = (init) => require(${JSON.stringify(path)}).createChecksumStream(init);`,
      resolveDir: pluginData,
    }));
  },
};
