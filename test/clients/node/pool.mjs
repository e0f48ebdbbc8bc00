// The connections of one user, and which of them a request goes to: RFC 9113 section 9.1.1
// and RFC 8336, with what browsers do beyond. A connection of HTTP/2 is used for another name
// that has the same address, that its certificate covers, and that its ORIGIN frame lists,
// where it got one; but not where a certificate was shown on it. What is told 421 there is
// asked for again on a connection of its own.

import fs from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import tls from 'node:tls';

const patience = 60000; // milliseconds for one answer, as others have here

// What TLS 1.3 and 1.2 say where a certificate is missing.
const wantsCertificate = new Set(['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE']);

function describe(body) {
    return body ? { 'content-length': Buffer.byteLength(body) } : {};
}

// The whole answer of a stream, of HTTP/2 or 1.1.
function collect(stream, status, resolve) {
    let body = '';
    stream.setEncoding('utf8');
    stream.on('data', (data) => { body += data; });
    stream.on('end', () => resolve({ status: status(), body }));
}

class Http2Connection {
    constructor(socket, origin) {
        this.session = http2.connect(origin, { createConnection: () => socket });
        this.listed = null;
        this.session.on('origin', (origins) => { this.listed ??= origins; });
        // The server speaks when it has accepted the handshake, and not before.
        this.ready = new Promise((resolve, reject) => {
            this.session.once('remoteSettings', resolve);
            this.session.on('error', reject);
            socket.on('error', reject); // which the session does not always hear of
        });
    }

    get open() {
        return !this.session.closed && !this.session.destroyed;
    }

    request(url, { method = 'GET', body }) {
        return new Promise((resolve, reject) => {
            const stream = this.session.request({ ':method': method, ':authority': url.host,
                ':path': url.pathname + url.search, ...describe(body) });
            let status;
            stream.setTimeout(patience, () => reject(new Error(`${url}: no answer`)));
            stream.on('response', (headers) => { status = headers[':status']; });
            stream.on('error', reject);
            stream.on('close', () => reject(new Error(`${url}: code ${stream.rstCode}`)));
            collect(stream, () => status, resolve);
            stream.end(body);
        });
    }

    close() {
        this.session.close();
    }
}

class Http1Connection {
    constructor(socket) {
        this.agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
        this.agent.createConnection = () => socket;
        this.socket = socket;
        this.listed = null;
        this.isHttp1 = true;
    }

    get open() {
        return !this.socket.destroyed && !this.socket.readableEnded;
    }

    request(url, { method = 'GET', body }) {
        return new Promise((resolve, reject) => {
            const headers = describe(body);
            const request = https.request(url, { agent: this.agent, method, headers });
            request.setTimeout(patience, () => reject(new Error(`${url}: no answer`)));
            request.on('error', reject);
            request.on('response',
                (response) => collect(response, () => response.statusCode, resolve));
            request.end(body);
        });
    }

    close() {
        this.agent.destroy();
    }
}

export class Pool {
    constructor({ addresses, ca, pfx, deaf }) {
        this.addresses = addresses;
        this.ca = fs.readFileSync(ca);
        this.pfx = pfx && fs.readFileSync(pfx);
        this.deaf = deaf;
        this.connections = new Map(); // own host: {promise, made}
    }

    async request(url, how) {
        const connection = await this.find(url);
        const answer = await connection.request(url, how);
        if (answer.status !== 421 || connection.host === url.host) {
            return answer;
        }
        return (await this.own(url)).request(url, how);
    }

    async find(url) {
        const others = await this.all();
        return this.connections.has(url.host) ? this.own(url)
            : others.find((connection) => this.mayCarry(connection, url)) ?? this.own(url);
    }

    mayCarry(connection, url) {
        const origins = this.deaf ? null : connection.listed;
        return connection.open && !connection.isHttp1 && !connection.shown
            && this.addresses[url.hostname] === this.addresses[connection.hostname]
            && !tls.checkServerIdentity(url.hostname, connection.certificate)
            && (!origins || origins.includes(url.origin));
    }

    // The connection of the host itself. While it is made, all who want it wait for the same.
    own(url) {
        const known = this.connections.get(url.host);
        if (known && (!known.made || known.made.open)) {
            return known.promise;
        }
        const entry = { made: null };
        entry.promise = this.connect(url).then((connection) => {
            entry.made = connection;
            return connection;
        });
        this.connections.set(url.host, entry);
        return entry.promise;
    }

    // A certificate is shown only where one is wanted.
    async connect(url) {
        try {
            return await this.handshake(url, false);
        }
        catch (error) {
            if (!wantsCertificate.has(error.code) || !this.pfx) {
                throw error;
            }
            return this.handshake(url, true);
        }
    }

    async handshake(url, show) {
        const socket = tls.connect({ host: this.addresses[url.hostname], port: url.port,
            servername: url.hostname, ca: this.ca, ALPNProtocols: ['h2', 'http/1.1'],
            ...show ? { pfx: this.pfx, passphrase: '' } : {} });
        await new Promise((resolve, reject) => {
            socket.once('secureConnect', resolve);
            socket.once('error', reject);
        });
        const connection = socket.alpnProtocol === 'h2'
            ? new Http2Connection(socket, url.origin) : new Http1Connection(socket);
        Object.assign(connection, { host: url.host, hostname: url.hostname, shown: show,
            certificate: socket.getPeerCertificate() });
        await connection.ready;
        return connection;
    }

    async all() {
        return Promise.all([...this.connections.values()].map(({ promise }) => promise));
    }

    async frames() {
        const all = await this.all();
        return Object.fromEntries(all.map(({ hostname, listed }) => [hostname, listed]));
    }

    async close() {
        (await this.all()).forEach((connection) => connection.close());
    }
}
