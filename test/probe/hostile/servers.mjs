// servers.mjs: one process with every server that does not behave, each on a port of its own
// on loopback.
//
//   node servers.mjs CERTIFICATE KEY CA
//
// Prints a line "NAME PORT" for each, then "ready", and ends when its standard input does.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { h1 } from './h1.mjs';
import { h2 } from './h2.mjs';
import { tcp } from './tcp.mjs';

const [certificate_file, key_file, ca] = process.argv.slice(2);
const certificate = readFileSync(certificate_file);
const key = readFileSync(key_file);
const quiet = (socket) => socket.on('error', () => {});

const overTcp = (behave) => net.createServer((socket) => {
    quiet(socket).on('data', () => {});
    behave(socket);
});

const overTls = (behave, options) =>
    tls.createServer({ cert: certificate, key, ...options }, (socket) => {
        quiet(socket).on('data', () => {});
        behave(socket);
    }).on('tlsClientError', () => {});

// Hands a connection on to a TLS server, and then says something that is no TLS.
function interrupting(options) {
    const inner = overTls(() => {}, options);
    inner.listen(0, '127.0.0.1');
    return overTcp((socket) => {
        const through = net.connect(inner.address().port, '127.0.0.1');
        quiet(through);
        socket.pipe(through);
        through.pipe(socket, { end: false });
        setTimeout(() => {
            through.unpipe(socket);
            socket.write('\x1b[31m this is no TLS \x00\xff');
        }, 300);
    });
}

// Wants a PROXY line (version 1) that tells the two ends of the connection, before TLS.
function proxied(options) {
    const inner = overTls(h2['answers-well'], options);
    return net.createServer((socket) => quiet(socket).once('readable', () => {
        const line = `PROXY TCP${socket.remoteFamily.slice(3)} ${socket.remoteAddress} `
            + `${socket.localAddress} ${socket.remotePort} ${socket.localPort}\r\n`;
        if (socket.read(line.length)?.toString() !== line) {
            socket.destroy();
            return;
        }
        inner.emit('connection', socket);
    }));
}

const h2_options = { ALPNProtocols: ['h2'] };
const h1_options = { ALPNProtocols: ['http/1.1'] };
const demanding = { requestCert: true, rejectUnauthorized: true, ca: readFileSync(ca) };
const servers = {
    ...Object.fromEntries(Object.entries(tcp).map(([name, does]) => [name, overTcp(does)])),
    ...Object.fromEntries(
        Object.entries(h2).map(([name, does]) => [name, overTls(does, h2_options)])),
    ...Object.fromEntries(
        Object.entries(h1).map(([name, does]) => [name, overTls(does, h1_options)])),
    'garbage-after-tls': interrupting(h2_options),
    'demands-certificate': overTls(h2['answers-well'], { ...h2_options, ...demanding }),
    'demands-certificate-tls12': overTls(h2['answers-well'],
        { ...h2_options, ...demanding, maxVersion: 'TLSv1.2' }),
    'h1-demands-certificate': overTls(h1['h1-answers-well'], { ...h1_options, ...demanding }),
    'proxied': proxied(h2_options),
    'proxied-v6': proxied(h2_options),
    'legacy-tls10': overTls(h1['h1-answers-well'], { minVersion: 'TLSv1', maxVersion: 'TLSv1',
        ciphers: 'DEFAULT:@SECLEVEL=0' }),
};

await Promise.all(Object.entries(servers).map(([name, server]) => new Promise((done) => {
    server.listen(0, name.endsWith('-v6') ? '::1' : '127.0.0.1', () => {
        console.log(name, server.address().port);
        done();
    });
})));
console.log('ready');
process.stdin.on('data', () => {}).on('end', () => process.exit(0));
