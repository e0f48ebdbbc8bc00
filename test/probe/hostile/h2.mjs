// h2.mjs: servers that agree on h2, and then do not speak it as they should. Each takes a
// TLS socket.
import * as wire from './wire.mjs';
import { drip, endless, frame, numbers, origin, setting, settings } from './wire.mjs';

const { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY,
    WINDOW_UPDATE, CONTINUATION, ORIGIN, END_STREAM, ACK, END_HEADERS } = wire;

// Sends what comes before the answers, and answers every request.
const answering = (...frames) => (socket) => {
    socket.write(Buffer.concat([settings, ...frames]));
    wire.onRequest(socket, (stream) => socket.write(wire.answer(stream)));
};

// Sends its SETTINGS, and this when the first request has come.
const onFirst = (call) => (socket) => {
    let calls = 0;
    socket.write(settings);
    wire.onRequest(socket, (stream) => calls++ === 0 && call(socket, stream));
};

// Answers each request with these bytes.
const each = (bytes) => (socket) => {
    socket.write(settings);
    wire.onRequest(socket, (stream) => socket.write(bytes(stream)));
};

const flood = (piece) => (socket) => {
    socket.write(settings);
    endless(socket, piece);
};

const header = (flags, stream, ...fields) =>
    frame(HEADERS, flags, stream, Buffer.concat(fields));
const goaway = (last, code, debug = '') =>
    frame(GOAWAY, 0, 0, Buffer.concat([numbers(last, code), Buffer.from(debug)]));
const origins = (...texts) => Buffer.concat(texts.map((text) => origin(text)));

const first = {
    'closes-after-tls': (socket) => socket.end(),
    'resets-after-tls': (socket) => socket.destroy(),
    'says-nothing-after-tls': () => {},
    'speaks-http1': (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'speaks-garbage': (socket) => socket.write('\x1b[31m\x00\xff\xfe garbage for all'),
    'begins-with-ping': (socket) => socket.write(frame(PING, 0, 0, Buffer.alloc(8))),
    'begins-with-ack': (socket) => socket.write(frame(SETTINGS, ACK, 0)),
    'begins-with-goaway': (socket) => socket.end(goaway(0, 12)),
    'settings-of-5-bytes': (socket) => socket.write(frame(SETTINGS, 0, 0, Buffer.alloc(5))),
    'settings-too-large': (socket) =>
        socket.write(frame(SETTINGS, 0, 0, setting(4, 0xffffffff))),
    'drips-settings': (socket) => drip(socket, settings),
    // What a client writes then meets a reset, and a SIGPIPE where it is not careful.
    'closes-after-settings': (socket) => socket.write(settings, () => socket.destroy()),
    'goaway-after-settings': (socket) =>
        socket.write(Buffer.concat([settings, goaway(0, 11, 'calm \x1b[2Jdown')])),
};

const floods = {
    'endless-settings': flood(frame(SETTINGS, 0, 0, setting(3, 100))),
    'endless-ping': flood(frame(PING, 0, 0, Buffer.alloc(8))),
    'endless-ping-ack': flood(frame(PING, ACK, 0, Buffer.alloc(8))),
    'endless-origin': flood(frame(ORIGIN, 0, 0, origins('https://a.test'))),
    'endless-empty-origins': flood(frame(ORIGIN, 0, 0, Buffer.alloc(16384))),
    'endless-unknown': flood(frame(0x1f, 0, 0, Buffer.alloc(1000))),
    'endless-priority': flood(frame(PRIORITY, 0, 1, Buffer.alloc(5))),
    'endless-window-update': flood(frame(WINDOW_UPDATE, 0, 0, numbers(1))),
    'endless-continuation': onFirst((socket, stream) => {
        socket.write(frame(HEADERS, 0, stream, wire.status200));
        endless(socket, frame(CONTINUATION, 0, stream));
    }),
    'endless-header': onFirst((socket, stream) => {
        socket.write(frame(HEADERS, 0, stream, wire.status200));
        endless(socket, frame(CONTINUATION, 0, stream,
            Buffer.concat(Array(60).fill(wire.literal('x-filler', 'y'.repeat(100))))));
    }),
    'endless-interim': onFirst((socket, stream) =>
        endless(socket, header(END_HEADERS, stream, wire.literal(':status', '103')))),
    'endless-data': onFirst((socket, stream) => {
        socket.write(header(END_HEADERS, stream, wire.status200));
        endless(socket, frame(DATA, 0, stream, Buffer.alloc(1000, 'x')));
    }),
    'endless-empty-data': onFirst((socket, stream) => {
        socket.write(header(END_HEADERS, stream, wire.status200));
        endless(socket, frame(DATA, 0, stream));
    }),
    'endless-push': flood(frame(PUSH_PROMISE, END_HEADERS, 1,
        Buffer.concat([numbers(2), wire.status200]))),
    'endless-streams': onFirst((socket) => {
        let stream = 1;
        endless(socket, () => frame(RST_STREAM, 0, stream += 2, numbers(8)));
    }),
};

const origin_frames = {
    'origin-good': answering(frame(ORIGIN, 0, 0,
        origins('https://a.test', 'https://b.test:8443'))),
    'origin-empty': answering(frame(ORIGIN, 0, 0)),
    'origin-twice': answering(frame(ORIGIN, 0, 0, origins('https://a.test')),
        frame(ORIGIN, 0, 0, origins('https://b.test'))),
    'origin-too-large': answering(frame(ORIGIN, 0, 0,
        Buffer.concat(Array(1250).fill(origin('https://a.test'))))),
    'origin-huge': answering(frame(ORIGIN, 0, 0, origin('https://a.test'), 0xffffff)),
    'origin-cut': answering(frame(ORIGIN, 0, 0,
        Buffer.concat([origin('https://a.test'), origin('https://b.test', 100)]))),
    'origin-one-byte': answering(frame(ORIGIN, 0, 0, Buffer.from([0]))),
    'origin-on-stream': answering(frame(ORIGIN, 0, 1, origins('https://a.test'))),
    'origin-with-flags': answering(frame(ORIGIN, 1, 0, origins('https://a.test'))),
    'origin-with-path': answering(frame(ORIGIN, 0, 0, origins('https://a.test/'))),
    'origin-wildcard': answering(frame(ORIGIN, 0, 0, origins('https://*.a.test'))),
    'origin-of-controls': answering(frame(ORIGIN, 0, 0, origins('\x1b]0;owned\x07'))),
};

const answers = {
    'never-answers': (socket) => socket.write(settings),
    'closes-on-request': onFirst((socket) => socket.end()),
    'resets-on-request': onFirst((socket) => socket.destroy()),
    'goaway-on-request': onFirst((socket) => socket.end(goaway(0, 0))),
    'goaway-in-the-middle': onFirst((socket, stream) =>
        socket.end(Buffer.concat([wire.answer(stream), goaway(stream, 2)]))),
    'begins-and-hangs': each((stream) => header(END_HEADERS, stream, wire.status200)),
    'begins-and-closes': onFirst((socket, stream) =>
        socket.end(header(END_HEADERS, stream, wire.status200))),
    'drips-answer': onFirst((socket, stream) => drip(socket, wire.answer(stream))),
    'no-status': each((stream) =>
        header(END_HEADERS | END_STREAM, stream, wire.literal('x', 'y'))),
    'bad-status': each((stream) =>
        header(END_HEADERS | END_STREAM, stream, wire.literal(':status', '\x1b[1'))),
    'upper-case-header': each((stream) => header(END_HEADERS | END_STREAM, stream,
        wire.status200, wire.literal('X-Vhost', 'a'))),
    'controls-in-header': each((stream) => header(END_HEADERS | END_STREAM, stream,
        wire.status200, wire.literal('x-vhost', '\x1b[2J'))),
    'bad-hpack': each((stream) =>
        header(END_HEADERS | END_STREAM, stream, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]))),
    'data-without-header': each((stream) => frame(DATA, END_STREAM, stream, Buffer.from('x'))),
    'interim-and-end': each((stream) =>
        header(END_HEADERS | END_STREAM, stream, wire.literal(':status', '103'))),
    // 4,000 bytes, put into the dynamic table once and named twenty times.
    'header-bomb': each((stream) => Buffer.concat([header(END_HEADERS | END_STREAM, stream,
        wire.status200,
        Buffer.from([0x40, 1, 0x78, 0x7f, 0xa1, 0x1e]), Buffer.alloc(4000, 'z'),
        Buffer.alloc(20, 0xbe))])),
    'no-streams-allowed': (socket) =>
        socket.write(frame(SETTINGS, 0, 0, setting(3, 0))),
    'one-stream-allowed': (socket) => {
        socket.write(frame(SETTINGS, 0, 0, setting(3, 1)));
        wire.onRequest(socket, (stream) => socket.write(wire.answer(stream)));
    },
    'answers-well': answering(),
};

const resets = {};
for (const code of [...Array(14).keys(), 99, 0xffffffff]) {
    resets[`rst-${code}`] = each((stream) => frame(RST_STREAM, 0, stream, numbers(code)));
}

export const h2 = { ...first, ...floods, ...origin_frames, ...answers, ...resets };
