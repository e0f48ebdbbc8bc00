// answers.mjs: servers that answer as their names say, and tell what they were asked.
//
//   node answers.mjs CERTIFICATE KEY OTHER-CERTIFICATE OTHER-KEY CLIENT-CA
//
// Prints a line "NAME PORT" for each, then "ready", and ends when its standard input does.
// Then a line "MILLISECONDS NAME SNI METHOD AUTHORITY" for each connection ("-" twice) and
// each request.
//
//   split    421 where one of SNI and host is an admin's, and the other is not; ORIGIN
//            names www alone
//   alike    the same
//   open     answers everything
//   old      HTTP/1.1 only, and closes after a 421
//   renewed  as alike, with the other certificate
//   staff    ends the connection of a client that has no certificate
//   oldstaff the same, HTTP/1.1 only
//   tls12    the same as staff, in TLS 1.2
//   lenient  asks for a client certificate, and answers without one
//   oldlenient the same, HTTP/1.1 only
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';

const [cert, key, otherCert, otherKey, ca] =
    process.argv.slice(2).map((path) => readFileSync(path));
const page = '<!DOCTYPE html>\n<title>421</title>\n<h1>Not &amp; here</h1>\n<p>Ask   again.</p>\n';

const tell = (name, sni, method, authority) =>
    console.log(`${Date.now()} ${name} ${sni || '-'} ${method} ${authority}`);

function answer(name, splits, request, response) {
    const socket = request.stream ? request.stream.session.socket : request.socket;
    const sni = socket.servername || '';
    const authority = request.headers[':authority'] || request.headers.host;
    const host = authority.replace(/:\d+$/, '');
    const refused = splits && host.startsWith('admin.') !== sni.startsWith('admin.');
    tell(name, sni, request.method, authority);
    if (request.httpVersion === '1.1' && refused) {
        response.setHeader('connection', 'close');
    }
    response.setHeader('x-vhost', host);
    response.setHeader('content-type', 'text/html');
    response.writeHead(refused ? 421 : 200);
    response.end(refused ? page : 'hello\n');
}

function server(name, splits, options) {
    const made = options.http1
        ? https.createServer({ cert, key, ...options })
        : http2.createSecureServer({ cert, key, allowHTTP1: true, ...options });
    made.on('request', (request, response) => answer(name, splits, request, response));
    made.on('secureConnection', (socket) => tell(name, socket.servername, '-', '-'));
    made.on('sessionError', () => {}).on('tlsClientError', () => {});
    made.listen(0, '127.0.0.1');
    return made;
}

const required = { requestCert: true, rejectUnauthorized: true, ca };
const origins = ['https://www.a.test'];
const servers = {
    split: server('split', true, { origins }),
    alike: server('alike', true, { origins }),
    open: server('open', false, {}),
    old: server('old', true, { http1: true }),
    renewed: server('renewed', true, { origins, cert: otherCert, key: otherKey }),
    staff: server('staff', false, required),
    oldstaff: server('oldstaff', false, { http1: true, ...required }),
    tls12: server('tls12', false, { maxVersion: 'TLSv1.2', ...required }),
    lenient: server('lenient', false, { ...required, rejectUnauthorized: false }),
    oldlenient: server('oldlenient', false,
        { http1: true, ...required, rejectUnauthorized: false }),
};

await Promise.all(Object.values(servers).map((made) =>
    made.listening || new Promise((resolve) => { made.once('listening', resolve); })));
for (const [name, made] of Object.entries(servers)) {
    console.log(`${name} ${made.address().port}`);
}
console.log('ready');
process.stdin.on('end', () => process.exit()).resume();
