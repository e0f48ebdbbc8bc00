// wire.mjs: bytes for servers that do not behave: HTTP/2 frames written by hand, and pipes
// that never end.

export const DATA = 0, HEADERS = 1, PRIORITY = 2, RST_STREAM = 3, SETTINGS = 4,
    PUSH_PROMISE = 5, PING = 6, GOAWAY = 7, WINDOW_UPDATE = 8, CONTINUATION = 9, ORIGIN = 12;
export const END_STREAM = 1, ACK = 1, END_HEADERS = 4;

// A frame of HTTP/2 (RFC 9113 section 4.1). `length`: what its header says, if not the truth.
export function frame(type, flags, stream, payload = Buffer.alloc(0), length = payload.length) {
    const header = Buffer.alloc(9);
    header.writeUIntBE(length, 0, 3);
    header[3] = type;
    header[4] = flags;
    header.writeUInt32BE(stream, 5);
    return Buffer.concat([header, payload]);
}

export function numbers(...values) {
    const bytes = Buffer.alloc(4 * values.length);
    values.forEach((value, at) => bytes.writeUInt32BE(value, 4 * at));
    return bytes;
}

// A setting of a SETTINGS frame.
export function setting(id, value) {
    const bytes = Buffer.alloc(6);
    bytes.writeUInt16BE(id, 0);
    bytes.writeUInt32BE(value, 2);
    return bytes;
}

// An entry of an ORIGIN frame (RFC 8336 section 2.1).
export function origin(text, length = text.length) {
    const size = Buffer.alloc(2);
    size.writeUInt16BE(length);
    return Buffer.concat([size, Buffer.from(text)]);
}

// A header field without indexing (RFC 7541 section 6.2.2); both shorter than 127 bytes.
export function literal(name, value) {
    return Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name),
        Buffer.from([value.length]), Buffer.from(value)]);
}

export const status200 = Buffer.from([0x88]);
export const settings = frame(SETTINGS, 0, 0);

// A whole answer without a body.
export function answer(stream) {
    return frame(HEADERS, END_HEADERS | END_STREAM, stream, status200);
}

// Writes a piece again and again, as fast as the other side takes it, until it goes away.
// A function makes a new piece each time.
export function endless(socket, piece) {
    const next = typeof piece === 'function' ? piece : () => piece;
    const pour = () => {
        while (!socket.destroyed && socket.write(next())) {
            // until its buffer is full
        }
    };
    socket.on('drain', pour);
    pour();
}

// Writes one byte a second.
export function drip(socket, bytes) {
    let at = 0;
    const timer = setInterval(() => {
        if (socket.destroyed || at === bytes.length) {
            clearInterval(timer);
            return;
        }
        socket.write(bytes.subarray(at, ++at));
    }, 1000);
    socket.on('close', () => clearInterval(timer));
}

// Calls back with the stream of each request that comes on an HTTP/2 connection.
export function onRequest(socket, call) {
    let left = Buffer.alloc(0);
    let preface = 24;
    socket.on('data', (bytes) => {
        left = Buffer.concat([left, bytes]);
        if (preface && left.length >= preface) {
            left = left.subarray(preface);
            preface = 0;
        }
        while (!preface && left.length >= 9 && left.length >= 9 + left.readUIntBE(0, 3)) {
            const size = 9 + left.readUIntBE(0, 3);
            if (left[3] === HEADERS) {
                call(left.readUInt32BE(5));
            }
            left = left.subarray(size);
        }
    });
}
