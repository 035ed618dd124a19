// Preloaded before a server that would listen on all interfaces: it listens, connects and asks for
// names on this machine only.
import dns from 'node:dns';
import { Server, Socket } from 'node:net';

const HERE = new Set(['127.0.0.1', '::1', 'localhost']);

const listen = Server.prototype.listen;
Server.prototype.listen = function (...args) {
  const done = args.find((one) => typeof one === 'function');
  const first = args[0];
  const options = first && typeof first === 'object' ? { ...first } : { port: Number(first) || 0 };
  if (options.path === undefined && options.fd === undefined) options.host = '127.0.0.1';
  return listen.call(this, options, done);
};

const connect = Socket.prototype.connect;
Socket.prototype.connect = function (...args) {
  // net.connect hands its arguments on as one normalized list
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  const options = first && typeof first === 'object' ? first : { host: second };
  const host = options.host ?? 'localhost';
  if (options.path === undefined && !HERE.has(host)) {
    process.nextTick(() => this.destroy(new Error(`${host} is not on this machine`)));
    return this;
  }
  return connect.apply(this, args);
};

const refuse = async () => {
  throw Object.assign(new Error('no names are asked for'), { code: 'ENOTFOUND' });
};
for (const where of [dns.promises, dns.promises.Resolver.prototype]) {
  for (const name of Object.keys(where).concat(['resolve', 'resolveTxt', 'resolve4', 'resolve6'])) {
    if (name.startsWith('resolve') && typeof where[name] === 'function') where[name] = refuse;
  }
}
