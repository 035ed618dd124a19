// A real Bluesky server (@atproto/pds) with a small directory of identities (PLC) beside it.
//
//   node --import loopback.mjs pds.mjs PROGRAMS FOLDER PORT PLC_PORT
//
// PROGRAMS is where npm has installed @atproto/pds, FOLDER keeps all data. Secrets come in the
// environment (PDS_JWT_SECRET, PDS_ADMIN_PASSWORD, PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX).
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [programs, folder, port, plcPort] = process.argv.slice(2);
const require = createRequire(join(programs, 'package.json'));
const { PDS, readEnv, envToCfg, envToSecrets } = require('@atproto/pds');
const { assureValidNextOp, formatDidDoc, opToData } = createRequire(require.resolve('@atproto/pds'))(
  '@did-plc/lib',
);

// -- the directory: operations by identity, in one file that is written as a whole --------------

mkdirSync(join(folder, 'blobs'), { recursive: true });
const file = join(folder, 'plc.json');
let operations = {};
try {
  operations = JSON.parse(readFileSync(file, 'utf8'));
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}

async function register(did, operation) {
  const known = (operations[did] ??= []);
  // A first operation decides the DID; later ones come from our own server, which signs them.
  if (!known.length) await assureValidNextOp(did, [], operation);
  known.push(operation);
  writeFileSync(`${file}.new`, JSON.stringify(operations));
  renameSync(`${file}.new`, file);
}

const directory = createServer(async (request, response) => {
  const say = (status, value) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  try {
    const [did, ...rest] = decodeURIComponent(request.url.slice(1)).split('/');
    if (request.method === 'POST') {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      await register(did, JSON.parse(Buffer.concat(pieces)));
      return say(200, {});
    }
    const known = operations[did];
    if (!known?.length) return say(404, { message: `DID not registered: ${did}` });
    const last = known.at(-1);
    if (rest.join('/') === 'log/last') return say(200, last);
    const data = opToData(did, last);
    return say(200, rest.length ? data : formatDidDoc(data));
  } catch (error) {
    return say(request.method === 'POST' ? 400 : 500, { message: String(error.message) });
  }
});
await new Promise((done) => directory.listen(Number(plcPort), done));

// -- the server -----------------------------------------------------------------------------------

Object.assign(process.env, {
  PDS_PORT: port,
  PDS_HOSTNAME: 'localhost',
  PDS_DATA_DIRECTORY: folder,
  PDS_BLOBSTORE_DISK_LOCATION: join(folder, 'blobs'),
  PDS_DID_PLC_URL: `http://localhost:${plcPort}`,
  PDS_DEV_MODE: 'true',
  PDS_INVITE_REQUIRED: 'false',
});
const environment = readEnv();
const server = await PDS.create(envToCfg(environment), envToSecrets(environment));
await server.start();
console.log('READY');

process.on('SIGTERM', async () => {
  directory.close();
  await server.destroy();
  process.exit(0);
});
