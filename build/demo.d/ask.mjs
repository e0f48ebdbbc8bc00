// Asks a server as a browser does that reuses its connections: one HTTP/2 connection for
// each name that connects, and on it one request after the other, whatever was answered.
//
//   node ask.mjs PORT SITE <lines "CONNECTION PROTOCOL AUTHORITY PATH"
//
// CONNECTION is the name in the TLS handshake, or `-` for none; PROTOCOL is h2 or http/1.1.
// Prints `answer CONNECTION AUTHORITY STATUS BODY` for each line, STATUS being
// `http1-required` for a stream that was reset so, and at the end of each HTTP/2 connection
// `origins CONNECTION ORIGIN…` with those of node's originSet.

import fs from 'node:fs';
import http2 from 'node:http2';
import tls from 'node:tls';

const [port, site] = process.argv.slice(2);
const ca = fs.readFileSync(`${site}/server/test-ca.pem`);
const cert = fs.readFileSync(`${site}/staff/clerk.pem`);
const key = fs.readFileSync(`${site}/staff/clerk.key`);
const patience = 10000; // milliseconds for one answer

function handshake(connection, protocol) {
    const servername = connection === '-' ? '' : connection;
    const options = { host: '127.0.0.1', port, servername, ca, cert, key };
    if (!servername) {
        options.checkServerIdentity = () => undefined; // nothing to compare with
    }
    return tls.connect({ ...options, ALPNProtocols: [protocol] });
}

function askHttp2(session, authority, path) {
    return new Promise((resolve, reject) => {
        const headers = { ':authority': `${authority}:${port}`, ':path': path };
        const stream = session.request(headers);
        let status;
        let body = '';
        stream.setEncoding('utf8');
        stream.setTimeout(patience, () => reject(new Error(`${authority}: no answer`)));
        stream.on('response', (response) => { status = response[':status']; });
        stream.on('data', (data) => { body += data; });
        stream.on('error', () => {}); // close follows, with the code
        stream.on('close', () => {
            if (stream.rstCode === http2.constants.NGHTTP2_HTTP_1_1_REQUIRED) {
                resolve({ status: 'http1-required', body: '' });
            }
            else if (status === undefined) {
                reject(new Error(`${authority}: reset with code ${stream.rstCode}`));
            }
            else {
                resolve({ status, body });
            }
        });
    });
}

function askHttp1(socket, authority, path) {
    return new Promise((resolve, reject) => {
        let text = '';
        socket.setEncoding('utf8');
        socket.setTimeout(patience, () => reject(new Error(`${authority}: no answer`)));
        socket.on('data', (data) => { text += data; });
        socket.on('error', reject);
        socket.on('end', () => {
            const [head, body = ''] = text.split('\r\n\r\n');
            resolve({ status: head.split(' ')[1], body });
        });
        socket.write(`GET ${path} HTTP/1.1\r\nHost: ${authority}:${port}\r\n` +
                     'Connection: close\r\n\r\n');
    });
}

function show(connection, authority, { status, body }) {
    const word = status === 200 || status === '200' ? body.trim() : '-';
    console.log(`answer ${connection} ${authority} ${status} ${word}`);
}

async function overHttp2(connection, requests) {
    const session = http2.connect(`https://127.0.0.1:${port}`, {
        createConnection: () => handshake(connection, 'h2'),
    });
    const failed = new Promise((resolve, reject) => session.on('error', reject));
    for (const { authority, path } of requests) {
        const answer = askHttp2(session, authority, path);
        show(connection, authority, await Promise.race([answer, failed]));
    }
    console.log(['origins', connection, ...session.originSet].join(' '));
    session.destroy();
}

async function overHttp1(connection, requests) {
    for (const { authority, path } of requests) {
        const socket = handshake(connection, 'http/1.1');
        show(connection, authority, await askHttp1(socket, authority, path));
        socket.destroy();
    }
}

const byConnection = new Map();
for (const line of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    const [connection, protocol, authority, path] = line.split(' ');
    if (!byConnection.has(connection)) {
        byConnection.set(connection, { protocol, requests: [] });
    }
    byConnection.get(connection).requests.push({ authority, path });
}
for (const [connection, { protocol, requests }] of byConnection) {
    await (protocol === 'h2' ? overHttp2 : overHttp1)(connection, requests);
}
