// tcp.mjs: servers that never come to TLS. Each takes a socket of net.
import { drip, endless } from './wire.mjs';

const alert = (description) => Buffer.from([21, 3, 3, 0, 2, 2, description]);

// Calls back when the client has said something.
const onHello = (socket, call) => socket.once('data', call);

export const tcp = {
    'silent': () => {},
    'closes-at-once': (socket) => socket.end(),
    'resets-at-once': (socket) => socket.resetAndDestroy(),
    'closes-in-handshake': (socket) => onHello(socket, () => socket.end()),
    'resets-in-handshake': (socket) => onHello(socket, () => socket.resetAndDestroy()),
    'plain-http': (socket) => onHello(socket,
        () => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')),
    'ssh': (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n'),
    'garbage': (socket) => onHello(socket,
        () => socket.write('\x1b]0;owned\x07\x1b[2J\x00\xff garbage \u202e')),
    'alert-handshake-failure': (socket) => onHello(socket, () => socket.end(alert(40))),
    'alert-unrecognized-name': (socket) => onHello(socket, () => socket.end(alert(112))),
    'other-protocol': (socket) => onHello(socket, () => socket.end(alert(120))),
    'alert-of-no-name': (socket) => onHello(socket, () => socket.end(alert(200))),
    // A record of 16,000 bytes whose bytes do not come, or come one a second.
    'half-a-record': (socket) => onHello(socket,
        () => socket.write(Buffer.from([22, 3, 3, 0x3e, 0x80, 2, 0, 0, 100, 3, 3]))),
    'drips-handshake': (socket) => onHello(socket,
        () => drip(socket, Buffer.concat([Buffer.from([22, 3, 3, 0x3e, 0x80, 2, 0, 0, 100]),
            Buffer.alloc(16000)]))),
    // HelloRequest, which a client passes over (RFC 5246 section 7.4.1.1).
    'endless-hello-requests': (socket) => onHello(socket,
        () => endless(socket, Buffer.from([22, 3, 3, 0, 4, 0, 0, 0, 0]))),
    'endless-warnings': (socket) => onHello(socket,
        () => endless(socket, Buffer.from([21, 3, 3, 0, 2, 1, 90]))),
    'endless-empty-records': (socket) => onHello(socket,
        () => endless(socket, Buffer.from([22, 3, 3, 0, 0]))),
    'endless-garbage': (socket) => endless(socket, Buffer.alloc(65536, 'x')),
};
